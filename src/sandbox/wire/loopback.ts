import { isIPv4 } from 'node:net';

/** Whether only this machine is reached under the name. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}

/** The host part of a Host header or an origin's authority, its port cut off. */
export function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, '');
}
