import { readWord } from '../messages/fields.ts';
import type { Attachment } from '../messages/message.ts';
import { type Answer, withHeaders } from '../wire/answer.ts';
import type { ExtensionOperation, OperationCall } from '../wire/operation.ts';
import { rangeAnswer } from '../wire/range.ts';
import { notFound } from '../wire/rest-refusal.ts';

// Whatever a sender says its file is, a browser shows it as that and nothing else; a page that was faxed runs no script at
// this origin, where it could move the sandbox.
const HARMLESS = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox" };

/** The bytes of a file that belongs to a message. */
export const getMessageContent: ExtensionOperation = {
  access: 'extension',
  method: 'GET',
  path: '/restapi/v1.0/account/{accountId}/extension/{extensionId}/message-store/{messageId}/content/{attachmentId}',
  group: 'Medium',
  permission: 'ReadMessages',
  answer: (call): Answer => {
    const { world, owner, request, parameters } = call;
    const message = world.messages.find(parameters.messageId ?? '', String(owner.extension.id));
    if (!message) throw notFound('messageId');
    const content = world.messages.readContent(message, parameters.attachmentId ?? '');
    if (!content) throw notFound('attachmentId');
    const disposition = dispositionOf(call, content.attachment);
    const answer = rangeAnswer(content.bytes, content.attachment.contentType, request.headers.range);
    return withHeaders(answer, { ...(disposition !== undefined && { 'content-disposition': disposition }), ...HARMLESS });
  },
};

/** How a browser is to take it, where the request or the name of the file says so. */
function dispositionOf({ request: { query } }: OperationCall, { fileName }: Attachment): string | undefined {
  const wanted = query.get('contentDisposition');
  const name = query.get('contentDispositionFilename') || fileName;
  if (!wanted && name === undefined) return undefined;
  const kind = wanted ? readWord(wanted, 'contentDisposition', ['Inline', 'Attachment']).toLowerCase() : 'attachment';
  return name === undefined ? kind : `${kind}; ${fileNameParameters(name)}`;
}

// RFC 6266 §4.3: the plain form for the old, the extended one where there is more than ASCII in the name.
function fileNameParameters(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '_');
  const extended = encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return plain === name ? `filename="${plain}"` : `filename="${plain}"; filename*=UTF-8''${extended}`;
}
