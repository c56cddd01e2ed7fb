import { type Buffer, isUtf8 } from 'node:buffer';

/** A field of the fax form that is a short text. */
export type FaxTextField = 'username' | 'password' | 'ext' | 'coverpage' | 'coverpagetext' | 'resolution' | 'sendtime';

/** A field of the fax form. */
export type FaxField = FaxTextField | 'recipient' | 'attachment';

// The documented names, and others that programs were seen to send for the same thing.
const FIELDS: ReadonlyMap<string, FaxField> = new Map<string, FaxField>([
  ...(['username', 'password', 'ext', 'coverpage', 'coverpagetext', 'resolution', 'sendtime', 'recipient', 'attachment'] as const).map(
    (name) => [name, name] as const,
  ),
  ['extension', 'ext'],
]);

/** The field that a name means: in any case, and as the array that PHP makes of it, `Recipient[]`, `Attachment[0]`. */
export function fieldOf(name: string | undefined): FaxField | undefined {
  return FIELDS.get(
    (name ?? '')
      .trim()
      .toLowerCase()
      .replace(/\[[^\]]{0,20}\]$/, ''),
  );
}

/** A text as it was meant: UTF-8 where it is that, else Latin-1; without spaces around it. */
export function textOf(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1').trim();
}
