import ipaddr from 'ipaddr.js';
import { addressInBlocks } from '../domain/policy.ts';
import type { TrustedProxies } from '../domain/source.ts';

/** What a request says about where it comes from. */
export interface Caller {
  /** The other end of the connection. */
  readonly remoteAddress: string;
  /** In the spelling of node:http; of several lines, joined by commas. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

// Longer chains are made up; nobody is kept busy with them.
const MOST_HOPS = 32;
// The longest IPv6 address with a zone and a port has some 70 characters.
const LONGEST_HOP = 128;
const ADDRESS_CHARACTERS = /^[\dA-Fa-f.:]{2,45}$/;

/**
 * Where a request comes from, as far as somebody says so who is believed.
 *
 * The chain is read from its right end, where the nearest proxy wrote, and only on behind proxies that are trusted. What
 * stands to the left of the first one that is not was written by a stranger and never matters. Where something is
 * not an address, it is the last hop that was.
 *
 * @returns an address without port and zone, IPv4-mapped IPv6 as IPv4; what the socket says where that is no address
 * @see RFC 7239 §5.2, §6; the header `X-Forwarded-For` has no standard
 */
export function clientAddress({ remoteAddress, headers }: Caller, { blocks, header }: TrustedProxies): string {
  let address = plainAddress(remoteAddress);
  if (address === undefined) return remoteAddress;
  const line = headers[header];
  let rest = typeof line === 'string' ? line : (line ?? []).join(',');
  for (let hops = 0; hops < MOST_HOPS && rest !== '' && addressInBlocks(blocks, address); hops++) {
    const comma = rest.lastIndexOf(',');
    const hop = rest.slice(comma + 1);
    const next = header === 'forwarded' ? forwardedFor(hop) : hopAddress(hop.trim());
    if (next === undefined) return address;
    address = next;
    rest = comma === -1 ? '' : rest.slice(0, comma);
  }
  return address;
}

/** The `for` of one element of `Forwarded`; nothing where it has none, or several, or hides it. */
function forwardedFor(element: string): string | undefined {
  if (element.length > 2 * LONGEST_HOP) return undefined;
  const values = element.split(';').flatMap((pair) => /^\s*for\s*=\s*(.*?)\s*$/i.exec(pair)?.[1] ?? []);
  const [value = ''] = values;
  return values.length === 1 ? hopAddress(/^"(.*)"$/.exec(value)?.[1] ?? value) : undefined;
}

/** `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:443`. */
function hopAddress(hop: string): string | undefined {
  if (hop.length > LONGEST_HOP) return undefined;
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(hop)?.[1];
  if (bracketed !== undefined) return bracketed.includes(':') ? plainAddress(bracketed) : undefined;
  return plainAddress(/^([\d.]+):\d{1,5}$/.exec(hop)?.[1] ?? hop);
}

// Reading one takes some µs, on every request; the same few programs call again and again.
const REMEMBERED = 1_000;
const plain = new Map<string, string | undefined>();

/** The one spelling of an address; nothing where it is none. */
function plainAddress(text: string): string | undefined {
  if (plain.has(text)) return plain.get(text);
  if (plain.size >= REMEMBERED) plain.clear();
  const address = readAddress(text);
  plain.set(text, address);
  return address;
}

function readAddress(text: string): string | undefined {
  // A zone names an interface of whoever wrote it.
  const [address = '', ...zone] = text.split('%');
  if (zone.length > 1 || zone[0] === '') return undefined;
  // The library throws inside over everything else, which costs more than the rest of the request.
  if (!ADDRESS_CHARACTERS.test(address)) return undefined;
  const spelled = address.includes(':') ? ipaddr.IPv6.isValid(address) : ipaddr.IPv4.isValidFourPartDecimal(address);
  return spelled ? ipaddr.process(address).toString() : undefined;
}
