/** The bytes that HTTP's grammar is made of. */
export const CR = 0x0d;
export const LF = 0x0a;
export const SPACE = 0x20;
export const TAB = 0x09;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;

/** By byte: whether it may stand in a method or a field name. RFC 9110 §5.6.2, `tchar`. */
export const IS_TOKEN = byteTable((byte) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(byte)));

/** By byte: whether it may stand in a field value or a reason phrase. RFC 9110 §5.5: no CR, LF, NUL or other control but tab. */
export const IS_TEXT = byteTable((byte) => byte === TAB || (byte >= SPACE && byte !== 0x7f));

/** By byte: the value of a hexadecimal digit, or 255. */
export const HEX_VALUE = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase());
  return digit < 0 ? 255 : digit;
});

function byteTable(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0));
}
