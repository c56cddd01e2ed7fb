import ipaddr from 'ipaddr.js';

/** Whose forwarded headers are believed, and which one they write. */
export interface TrustedProxies {
  /** CIDR blocks and single addresses; none: no header is ever read. */
  readonly blocks: readonly string[];
  /** The other header is never read: a proxy passes on what it does not write itself. */
  readonly header: 'x-forwarded-for' | 'forwarded';
}

/** Who stands behind an address, as far as it tells. A subscriber's IPv6 network has 2^64 addresses, all of them one person's. */
export function sourceOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : Buffer.from(parsed.toByteArray().slice(0, 8)).toString('hex');
}
