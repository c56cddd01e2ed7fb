import { createHash, randomBytes } from 'node:crypto';
import type { Fax, FaxOrder } from '../../src/domain/fax.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import type { OutboxParts, OutboxRules } from '../../src/outbox/parts.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { type World, world } from '../world.ts';

export const FAX_PATH = '/restapi/v1.0/account/~/extension/~/fax';
export const MESSAGES_PATH = '/restapi/v1.0/account/~/extension/~/message-store';
export const RULES: OutboxRules = {
  settleMs: 30_000,
  deadlineMs: 24 * 3_600_000,
  repeatWindowMs: 0,
  keepContentMs: 0,
  keepHistoryMs: 90 * 24 * 3_600_000,
  ways: [],
};

/** An Outbox on a real store, in front of a real sandbox, with a clock moved by hand. */
export async function outboxWorld(options: Parameters<typeof world>[0] & { readonly rules?: Partial<OutboxRules>; readonly limited?: boolean } = {}) {
  const { rules, limited = false, ...of } = options;
  const at: World = await world({ connections: ['front-desk', 'fax-desk'], ...of });
  if (limited) await at.sandbox.setLimits({ scale: 1 });
  const lines: string[] = [];
  const log = (event: string, fields?: object) => void lines.push(JSON.stringify({ event, ...fields }));
  const node = (name: string, more: Partial<OutboxParts> = {}) =>
    new Outbox({
      store: at.store,
      call: at.call,
      rules: { ...RULES, ...rules },
      clock: at.clock,
      random: systemRandom,
      log: { info: log, warn: log, error: log },
      node: name,
      ...more,
    });
  const outbox = node('A');
  return {
    ...at,
    outbox,
    node,
    lines,
    /** Has a fax accepted. @returns its id */
    accept: async (content: Buffer = randomBytes(1_000), order: Partial<FaxOrder> = {}, by: Outbox = outbox, connection = 'front-desk') =>
      (
        await by.accept({
          client: 'crm',
          connection,
          order: {
            recipients: [{ phoneNumber: '+16505551230' }],
            documents: [{ fileName: 'a.txt', contentType: 'text/plain', bytes: content.length }],
            ...order,
          },
          content: async function* () {
            yield content;
          },
          contentHash: createHash('sha256').update(content).digest('hex'),
        })
      ).id,
    /** What is due is done. */
    work: (by: Outbox = outbox) => by.work(60_000),
    find: async (id: string): Promise<Fax> => {
      const fax = await at.store.findFax(id);
      if (!fax) throw new Error(`there is no fax ${id}`);
      return fax;
    },
    history: async (id: string) => (await at.store.listFaxEvents(id)).map(({ event }) => event),
    /** What the platform has of a fax: its documents, one behind the other. */
    contentOf: async ({ id, attachments }: { readonly id: string; readonly attachments: readonly { readonly id: string }[] }, connection = 'front-desk') => {
      const { accessToken } = await at.tokens.usableGrant(connection);
      const files: Buffer[] = [];
      for (const attachment of attachments) {
        const url = new URL(`${MESSAGES_PATH}/${id}/content/${attachment.id}`, at.sandbox.origin);
        files.push(Buffer.from(await (await fetch(url, { headers: { authorization: `Bearer ${accessToken.reveal()}` } })).arrayBuffer()));
      }
      return Buffer.concat(files);
    },
    /** The faxes that the platform has, the oldest first. */
    sent: () => at.sandbox.state().messages.filter(({ type, direction }) => type === 'Fax' && direction === 'Outbound'),
  };
}

export type OutboxWorld = Awaited<ReturnType<typeof outboxWorld>>;
