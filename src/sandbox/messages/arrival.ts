import type { Owner } from '../directory.ts';
import { pdfOf, silenceOf } from './generated-documents.ts';
import type { Message, Party } from './message.ts';
import { conversationIdOf, type Draft, type DraftFile, type Messages } from './messages.ts';
import { pageCountOf } from './page-count.ts';
import { textFileOf } from './sms-request.ts';

/** Something that comes to a user from outside. */
export interface Arrival {
  readonly type: 'SMS' | 'Fax' | 'VoiceMail';
  /** E.164. */
  readonly from: string;
  /** The user's number that was dialled, E.164. */
  readonly to: string;
  /** What is written in it, or was said. */
  readonly text?: string;
  /** Of a fax, at least so many. */
  readonly pages?: number;
  /** Of a voicemail. */
  readonly seconds?: number;
}

const VOICEMAIL_SECONDS = 5;

/** Has it lie in the user's store. A fax is a made-up document with the text on it, a voicemail silence. */
export function arrive(messages: Messages, { extension }: Owner, arrival: Arrival): Message {
  const ownerId = String(extension.id);
  const from: Party = { phoneNumber: arrival.from };
  const to: readonly Party[] = [{ phoneNumber: arrival.to, name: extension.name }];
  return messages.receive({ ownerId, type: arrival.type, from, to, ...detailsOf(ownerId, [from, ...to], arrival) });
}

function detailsOf(
  ownerId: string,
  parties: readonly Party[],
  { type, from, text, pages, seconds = VOICEMAIL_SECONDS }: Arrival,
): Omit<Draft, 'ownerId' | 'type' | 'from' | 'to'> {
  if (type === 'SMS') return { subject: text ?? '', conversationId: conversationIdOf(ownerId, 'SMS', parties), files: textFileOf(text) };
  if (type === 'VoiceMail') return { voicemail: { durationSeconds: seconds, isTranscribed: text !== undefined }, files: recordingOf(seconds, text) };
  const bytes = pdfOf(text ?? `Fax from ${from}`, pages);
  const pageCount = pageCountOf({ contentType: 'application/pdf', bytes });
  return { fax: { resolution: 'High', pageCount, coverIndex: 0 }, files: [{ type: 'RenderedDocument', contentType: 'application/pdf', bytes }] };
}

function recordingOf(seconds: number, text: string | undefined): readonly DraftFile[] {
  const recording: DraftFile = { type: 'AudioRecording', contentType: 'audio/wav', bytes: silenceOf(seconds) };
  return text === undefined ? [recording] : [recording, { type: 'AudioTranscription', contentType: 'text/plain', bytes: Buffer.from(text) }];
}
