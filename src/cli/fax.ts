import type { ManagedFax, ManagedFaxFilter } from '../domain/management.ts';
import { everyItem } from '../domain/page.ts';
import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine, printObject, printTable } from './print.ts';
import { withManagement } from './reach.ts';

/** The flags of `trunkline fax list`. */
export interface FaxListFlags extends Output, ManagedFaxFilter {
  readonly limit?: string;
}

const DEFAULT_LIMIT = 50;

/** `trunkline fax list` */
export async function faxListCommand<Config>(parts: CliParts<Config>, config: Config, { json, limit, state, connection, client }: FaxListFlags): Promise<void> {
  const filter = { ...(state !== undefined && { state }), ...(connection !== undefined && { connection }), ...(client !== undefined && { client }) };
  const most = Math.max(1, Number(limit ?? DEFAULT_LIMIT) || DEFAULT_LIMIT);
  const items = await withManagement(parts, config, async (management) => {
    const found: ManagedFax[] = [];
    for await (const fax of everyItem<ManagedFax>((page) => management.listFaxes(filter, { ...page, limit: Math.min(page.limit, most) }))) {
      found.push(fax);
      if (found.length === most) break;
    }
    return found;
  });
  if (json) return printJson({ items });
  if (items.length === 0) return printLine('There are no such faxes.');
  printTable(
    ['id', 'createdAt', 'connection', 'state', 'code', 'recipients', 'pageCount'],
    items.map((fax) => ({ ...fax, recipients: fax.recipients.map(({ phoneNumber }) => phoneNumber).join(' ') })),
  );
}

/** `trunkline fax show ID`, `withdraw ID`, `tell ID` */
export async function faxCommand<Config>(
  parts: CliParts<Config>,
  config: Config,
  what: 'showFax' | 'withdrawFax' | 'tellFax',
  id: string,
  { json }: Output,
): Promise<void> {
  const { history = [], recipients, ...fax } = await withManagement(parts, config, (management) => management[what](id));
  if (json) return printJson({ ...fax, recipients, history });
  printObject(fax);
  printLine('');
  printTable(
    ['phoneNumber', 'name', 'messageStatus', 'faxErrorCode'],
    recipients.map((recipient) => ({ ...recipient })),
  );
  printLine('');
  printTable(
    ['at', 'event', 'code'],
    history.map(({ at, ...event }) => ({ at: new Date(at).toISOString(), ...event })),
  );
}
