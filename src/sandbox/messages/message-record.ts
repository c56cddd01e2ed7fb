import { type Attachment, type Message, messageStatusOf, type Party, type Recipient } from './message.ts';

/**
 * A message as the platform shows it, wherever it does.
 *
 * @param extensionUri  of the user in whose store it lies
 * @see RingCentral OpenAPI `GetMessageInfoResponse`
 */
export function recordOf(extensionUri: string, message: Message): Record<string, unknown> {
  const { id, ownerId, type, direction, from, to, createdAt, modifiedAt, readStatus, availability, attachments, subject } = message;
  return {
    uri: `${extensionUri}/message-store/${id}`,
    id: Number(id),
    extensionId: ownerId,
    to: to.map((recipient) => recipientRecord(message, recipient)),
    from,
    type,
    creationTime: isoTime(createdAt),
    readStatus,
    priority: 'Normal',
    attachments: attachments.map((attachment) => attachmentRecord(extensionUri, message, attachment)),
    direction,
    availability,
    ...(subject !== undefined && { subject }),
    messageStatus: messageStatusOf(message),
    ...conversationRecord(extensionUri, message),
    ...faxRecord(message),
    ...smsRecord(message),
    ...(type === 'Pager' && { pgToDepartment: false }),
    ...(message.voicemail && { vmTranscriptionStatus: message.voicemail.isTranscribed ? 'Completed' : 'NotAvailable' }),
    lastModifiedTime: isoTime(modifiedAt),
  };
}

/**
 * A message asked for by its own id.
 *
 * @see RingCentral OpenAPI `GetSingleMessageInfoResponse`, which requires `vmSideRecipients` of every type
 */
export function singleRecordOf(extensionUri: string, message: Message): Record<string, unknown> {
  return { ...recordOf(extensionUri, message), vmSideRecipients: message.to.map(partyOf) };
}

/**
 * The answer to a fax that was taken on.
 *
 * @see RingCentral OpenAPI `FaxResponse`, whose attachments spell the name of the file in lower case
 */
export function faxResponseOf(extensionUri: string, message: Message): Record<string, unknown> {
  return {
    ...recordOf(extensionUri, message),
    attachments: message.attachments.map((attachment) => {
      const { fileName, ...record } = attachmentRecord(extensionUri, message, attachment);
      return { ...record, ...(fileName !== undefined && { filename: fileName }) };
    }),
  };
}

/** Without what only its way here knows. */
export function partyOf({ phoneNumber, extensionNumber, extensionId, name }: Party): Party {
  return {
    ...(phoneNumber !== undefined && { phoneNumber }),
    ...(extensionNumber !== undefined && { extensionNumber }),
    ...(extensionId !== undefined && { extensionId }),
    ...(name !== undefined && { name }),
  };
}

/** As the platform writes times. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

function recipientRecord({ type, direction }: Message, recipient: Recipient): object {
  const { recipientId, messageStatus, faxErrorCode } = recipient;
  if (direction === 'Inbound') return partyOf(recipient);
  return { recipientId, ...partyOf(recipient), ...(type !== 'Pager' && { messageStatus }), ...(faxErrorCode !== undefined && { faxErrorCode }) };
}

function attachmentRecord(extensionUri: string, { id: messageId, voicemail }: Message, { id, type, contentType, fileName, size }: Attachment) {
  return {
    id: Number(id),
    uri: `${extensionUri}/message-store/${messageId}/content/${id}`,
    type,
    contentType,
    ...(fileName !== undefined && { fileName }),
    ...(voicemail && type === 'AudioRecording' && { vmDuration: voicemail.durationSeconds }),
    size,
  };
}

function conversationRecord(extensionUri: string, { conversationId }: Message): object {
  if (conversationId === undefined) return {};
  const uri = `${new URL(extensionUri).origin}/restapi/v1.0/conversation/${conversationId}`;
  return { conversationId, conversation: { id: String(conversationId), uri } };
}

function faxRecord({ fax, direction }: Message): object {
  if (!fax) return {};
  const { resolution, pageCount, coverIndex, coverPageText } = fax;
  const cover = { coverIndex, ...(coverPageText !== undefined && { coverPageText }) };
  return { faxResolution: resolution, faxPageCount: pageCount, ...(direction === 'Outbound' && cover) };
}

// A segment holds 160 characters, or 70 where one of them is beyond Latin; in a series 153 and 67 (3GPP TS 23.040).
const SEGMENTS = { latin: { alone: 160, inSeries: 153 }, other: { alone: 70, inSeries: 67 } };

function smsRecord({ type, direction, subject = '', to, createdAt, modifiedAt }: Message): object {
  if (type !== 'SMS' || direction === 'Inbound') return {};
  const failure = to.find(({ deliveryErrorCode }) => deliveryErrorCode !== undefined);
  const isDelivered = to.every(({ messageStatus }) => messageStatus === 'Delivered');
  const isSent = to.some(({ messageStatus }) => messageStatus !== 'Queued');
  return {
    smsSendingAttemptsCount: isSent ? 1 : 0,
    segmentCount: segmentsOf(subject),
    ...(isDelivered && { smsDeliveryTime: isoTime(Math.max(createdAt, modifiedAt)) }),
    ...(failure && { deliveryErrorCode: failure.deliveryErrorCode }),
  };
}

function segmentsOf(text: string): number {
  const { alone, inSeries } = /[\u0100-\uffff]/.test(text) ? SEGMENTS.other : SEGMENTS.latin;
  return text.length <= alone ? 1 : Math.ceil(text.length / inSeries);
}
