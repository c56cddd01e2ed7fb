import ipaddr from 'ipaddr.js';

/** Who stands behind an address, as far as it tells. A subscriber's IPv6 network has 2^64 addresses, all of them one person's. */
export function sourceOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : Buffer.from(parsed.toByteArray().slice(0, 8)).toString('hex');
}
