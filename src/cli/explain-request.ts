import type { RequestExplanation } from '../domain/management.ts';
import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine, printTable } from './print.ts';
import { withManagement } from './reach.ts';

/** The flags of `trunkline client explain`. */
export interface ExplainFlags extends Output {
  readonly address?: string;
  readonly connection?: string;
}

/** `trunkline client explain NAME METHOD PATH` */
export async function explainCommand<Config>(
  parts: CliParts<Config>,
  config: Config,
  [client, method, path]: readonly [client: string, method: string, path: string],
  { json, address, connection }: ExplainFlags,
): Promise<void> {
  const body = { client, method, path, ...(address !== undefined && { address }), ...(connection !== undefined && { connection }) };
  const explanation = await withManagement(parts, config, (management) => management.explainRequest(body));
  if (json) return printJson(explanation);
  printTable(['rule', 'outcome', 'says'], [...explanation.rules.map((rule) => ({ ...rule })), ...limitRows(explanation)]);
  const { allowed, because, destination } = explanation;
  const where = allowed && destination ? ` It leads to ${destination.origin ?? 'this gateway'}${destination.path}.` : '';
  printLine(`${allowed ? 'Allowed' : 'Refused'}: ${because}${where}`);
}

/** What is asked behind the rules, in the same shape. */
function limitRows({ limits }: RequestExplanation): { readonly rule: string; readonly outcome: string; readonly says: string }[] {
  if (!limits) return [];
  const { platform, client, idempotencyKey } = limits;
  return [
    { rule: 'Client limits', outcome: client.outcome, says: client.says },
    { rule: 'Idempotency-Key', outcome: idempotencyKey.honoured ? 'honoured' : 'not looked at', says: idempotencyKey.says },
    ...(platform ? [{ rule: `platform limit (${platform.group})`, outcome: platform.outcome, says: platform.says }] : []),
  ];
}
