import { readFileSync, writeFileSync } from 'node:fs';
import { control, manage, type Place } from './trunkline.ts';

/** Sends a fax as an old program does. @returns the digit; throws where nothing answers */
export async function sendFax(at: Place, fields: readonly (readonly [string, string | Blob])[]): Promise<string> {
  const form = new FormData();
  for (const [name, value] of fields) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, 'document.pdf');
  }
  const response = await fetch(`${at.gateway}/faxapi.asp`, { method: 'POST', body: form });
  return response.text();
}

/** A fax as the sandbox has it. */
export interface SentFax {
  readonly id: string;
  readonly type: string;
  readonly direction: string;
  readonly to: readonly { readonly number: string }[];
  readonly attachments: readonly { readonly id: string; readonly size: number }[];
}

export async function sentFaxes(at: Place): Promise<readonly SentFax[]> {
  const { messages } = (await control(at, 'state')) as { messages: readonly SentFax[] };
  return messages.filter(({ type, direction }) => type === 'Fax' && direction === 'Outbound');
}

/** A document of a fax, as the platform gives it to the user who sent it. */
export async function documentOf(at: Place, { id, attachments }: SentFax): Promise<Buffer> {
  const token = await fetch(`${at.sandbox}/restapi/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('YourAppKey:YourAppSecret').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'password', username: '18889363711', extension: '101', password: '1234' }),
  });
  const { access_token: accessToken } = (await token.json()) as { access_token: string };
  const path = `/restapi/v1.0/account/~/extension/~/message-store/${id}/content/${attachments[0]?.id}`;
  const response = await fetch(`${at.sandbox}${path}`, { headers: { authorization: `Bearer ${accessToken}` } });
  return Buffer.from(await response.arrayBuffer());
}

/** Faxes that the gateway still has to do something for. */
export async function openFaxes(at: Place): Promise<number> {
  let open = 0;
  for (const state of ['queued', 'sending', 'unclear']) open += ((await manage(at, 'GET', `faxes?limit=1000&state=${state}`)).body.items as unknown[]).length;
  return open;
}

/**
 * Watches how much a process has in memory at most.
 *
 * @returns how far it has grown since, at its height, in bytes
 * @see proc(5): 5 in `clear_refs` sets `VmHWM` back to what is resident now
 */
export function watchPeak(pid: number): () => number {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const before = kilobytesOf(pid, 'VmHWM');
  return () => (kilobytesOf(pid, 'VmHWM') - before) * 1_024;
}

function kilobytesOf(pid: number, name: string): number {
  const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no ${name}`);
  return Number(kilobytes);
}
