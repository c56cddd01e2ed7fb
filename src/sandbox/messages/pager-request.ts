import type { Directory, Extension, Owner } from '../directory.ts';
import { isJsonObject, type JsonObject } from '../wire/json-body.ts';
import { invalidParameter, notFound, restRefusal } from '../wire/rest-refusal.ts';
import { isAbsent, readId, readText } from './fields.ts';
import type { Message, Party } from './message.ts';

/** An internal message as it was asked for. */
export interface PagerRequest {
  readonly from: Party;
  readonly to: readonly Party[];
  readonly subject: string;
}

const LONGEST_TEXT = 1_024;

/**
 * Reads an internal message.
 *
 * @param findMessage  in the sender's store
 * @throws Refused  400: CMN-101 for what is missing, MSG-316 for an extension that is none, MSG-331 and MSG-332 for another's
 *                  as sender, MSG-335 for an extension whose number and id differ; 404 CMN-102: there is nothing to reply to
 */
export function readPager(body: JsonObject, directory: Directory, owner: Owner, findMessage: (id: string) => Message | undefined): PagerRequest {
  checkSender(body, owner);
  if (body.text === '') throw invalidParameter('text');
  const subject = readText(body.text, 'text', LONGEST_TEXT);
  const to = isAbsent(body.to) && !isAbsent(body.replyOn) ? othersOf(body.replyOn, owner, findMessage) : readRecipients(body, directory, owner);
  return { from: internalParty(owner.extension), to, subject };
}

function checkSender({ from }: JsonObject, { extension }: Owner): void {
  if (isAbsent(from)) return;
  const { extensionNumber, extensionId } = readParty(from, 'from');
  if (extensionNumber !== undefined && extensionNumber !== extension.extensionNumber)
    throw restRefusal(
      400,
      'MSG-331',
      `Parameter [from] value [${extensionNumber}] is invalid [Sender extension number does not correspond to logged in extension]`,
    );
  if (extensionId !== undefined && extensionId !== String(extension.id))
    throw restRefusal(400, 'MSG-332', `Parameter [from] value [${extensionId}] is invalid [Sender extension id does not correspond to logged in extension]`);
}

function readRecipients({ to }: JsonObject, directory: Directory, owner: Owner): readonly Party[] {
  if (!Array.isArray(to) || to.length === 0) throw invalidParameter('to');
  return to.map((recipient) => internalParty(findRecipient(readParty(recipient, 'to'), directory, owner)));
}

function readParty(party: unknown, name: string): Pick<Party, 'extensionId' | 'extensionNumber'> {
  if (!isJsonObject(party)) throw invalidParameter(name);
  const { extensionId, extensionNumber } = party;
  return {
    ...(!isAbsent(extensionId) && { extensionId: readId(extensionId, `${name}.extensionId`) }),
    ...(!isAbsent(extensionNumber) && { extensionNumber: readId(extensionNumber, `${name}.extensionNumber`) }),
  };
}

function findRecipient({ extensionId, extensionNumber }: ReturnType<typeof readParty>, directory: Directory, { account }: Owner): Extension {
  if (extensionId === undefined && extensionNumber === undefined) throw invalidParameter('to.extensionNumber');
  const byId = extensionId === undefined ? undefined : directory.findOwner(extensionId);
  const byNumber = extensionNumber === undefined ? undefined : directory.findExtensionNumber(account.id, extensionNumber);
  const found = extensionId === undefined ? byNumber : byId?.account.id === account.id ? byId.extension : undefined;
  if (!found) throw restRefusal(400, 'MSG-316', `Parameter [to] value [${extensionNumber ?? extensionId}] is invalid [Target extension not found]`);
  if (extensionNumber !== undefined && found.id !== byNumber?.id) throw restRefusal(400, 'MSG-335', 'Recipient extension number does not correspond to ID');
  return found;
}

/** To whom an answer goes: everybody of the message but the one who answers. */
function othersOf(replyOn: unknown, { extension }: Owner, findMessage: (id: string) => Message | undefined): readonly Party[] {
  const message = findMessage(readId(replyOn, 'replyOn'));
  if (message?.type !== 'Pager') throw notFound('replyOn');
  const own = String(extension.id);
  const others = [message.from, ...message.to].filter(({ extensionId }) => extensionId !== own);
  return others.map(({ extensionId, extensionNumber, name }) => ({
    ...(extensionNumber !== undefined && { extensionNumber }),
    ...(extensionId !== undefined && { extensionId }),
    ...(name !== undefined && { name }),
  }));
}

function internalParty({ id, extensionNumber, name }: Extension): Party {
  return { extensionNumber, extensionId: String(id), name };
}
