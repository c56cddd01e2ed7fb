import { Buffer } from 'node:buffer';
import { FaxRefused } from './digit.ts';
import { Documents, type PieceFile } from './documents.ts';
import { type FaxTextField, fieldOf, textOf } from './fields.ts';

// RingCentral support: a fax goes to fifty recipients at most.
const MOST_RECIPIENTS = 50;
const LONGEST_TEXT_BYTES = 64 * 1024;
// Of recipients without a number, and of values that nobody knows.
const MOST_FIELDS = 1_000;

/** Takes the fields of a fax form one after the other, whichever way they come. */
export class FormFields {
  readonly documents: Documents;
  readonly texts: Partial<Record<FaxTextField, string>> = {};
  readonly recipients: string[] = [];
  #fields = 0;

  constructor(openFile: () => Promise<PieceFile>) {
    this.documents = new Documents(openFile);
  }

  /**
   * Takes one field, its value to the end.
   *
   * @param fileName  absent where it is no file
   * @throws FaxRefused  it is more than a fax has; the rest need not be read
   */
  async take(name: string | undefined, fileName: string | undefined, value: AsyncIterable<Buffer>): Promise<void> {
    this.#fields += 1;
    if (this.#fields > MOST_FIELDS) throw new FaxRefused('too_many_fields');
    const field = fieldOf(name);
    if (field === 'attachment') return this.documents.add(fileName, value);
    const bytes = await readShort(value, field !== undefined);
    if (field === undefined) return;
    const text = textOf(bytes);
    if (field === 'recipient') this.#takeRecipient(text);
    // The first of a name that is repeated, as classic ASP gave it; an empty one was not given.
    else if (text !== '' && this.texts[field] === undefined) this.texts[field] = text;
  }

  #takeRecipient(text: string): void {
    if (text === '') return;
    if (this.recipients.length === MOST_RECIPIENTS) throw new FaxRefused('too_many_recipients');
    this.recipients.push(text);
  }
}

/** @param keep  whether it is looked at; else it is only read to its end */
async function readShort(value: AsyncIterable<Buffer>, keep: boolean): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of value) {
    length += chunk.length;
    if (!keep) continue;
    if (length > LONGEST_TEXT_BYTES) throw new FaxRefused('field_too_long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
