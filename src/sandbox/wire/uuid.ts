import type { Random } from '../../runtime/random.ts';

const UUID_BYTES = 16;

/** A random UUID. @see RFC 9562 §5.4 */
export function randomUuid(random: Random): string {
  const bytes = Buffer.from(random.bytes(UUID_BYTES));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
