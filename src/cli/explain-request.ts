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
  printTable(
    ['rule', 'outcome', 'says'],
    explanation.rules.map((rule) => ({ ...rule })),
  );
  const { allowed, because, destination } = explanation;
  const where = allowed && destination ? ` It leads to ${destination.origin ?? 'this gateway'}${destination.path}.` : '';
  printLine(`${allowed ? 'Allowed' : 'Refused'}: ${because}${where}`);
}
