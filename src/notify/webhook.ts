import { createHmac } from 'node:crypto';
import type { Secret } from '../domain/secret.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Fetch } from '../runtime/fetch.ts';
import { readText } from '../runtime/read-text.ts';

// Receivers are told to answer first and work then.
const TIMEOUT_MS = 15_000;
// Nothing of the answer is looked at; it is read so that the connection can be used again.
const ANSWER_LIMIT_BYTES = 64 * 1024;

/** Where a program is told of things. */
export interface WebhookTarget {
  readonly url: string;
  /** Two while one is rotated: whoever has either can check what comes. `whsec_` and base64, or any other text. */
  readonly keys: readonly Secret[];
}

/** What a program is told. */
export interface WebhookEvent {
  /** The same for every attempt, so that a receiver can tell what it has had. */
  readonly id: string;
  readonly body: object;
}

/** A program did not take what it was told. */
export class WebhookNotTaken extends Error {}

/**
 * Tells a program of something, once; it never follows a redirect.
 *
 * @throws WebhookNotTaken  no answer, or none of success
 * @see Standard Webhooks, https://www.standardwebhooks.com
 */
export async function sendWebhook(
  { fetch, clock }: { readonly fetch: Fetch; readonly clock: Pick<Clock, 'now' | 'deadline'> },
  { url, keys }: WebhookTarget,
  { id, body }: WebhookEvent,
): Promise<void> {
  const text = JSON.stringify(body);
  const at = Math.floor(clock.now() / 1_000);
  let status: number;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Trunkline',
        'webhook-id': id,
        'webhook-timestamp': String(at),
        'webhook-signature': keys.map((key) => signatureOf(key, `${id}.${at}.${text}`)).join(' '),
      },
      body: text,
      redirect: 'manual',
      signal: clock.deadline(TIMEOUT_MS),
    });
    status = response.status;
    await readText(response, ANSWER_LIMIT_BYTES);
  } catch (cause) {
    throw new WebhookNotTaken('no answer', { cause });
  }
  if (status < 200 || status >= 300) throw new WebhookNotTaken(`HTTP ${status}`);
}

function signatureOf(key: Secret, signed: string): string {
  const text = key.reveal();
  const bytes = text.startsWith('whsec_') ? Buffer.from(text.slice('whsec_'.length), 'base64') : Buffer.from(text, 'utf8');
  return `v1,${createHmac('sha256', bytes).update(signed).digest('base64')}`;
}
