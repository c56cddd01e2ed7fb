import type { Clock } from '../../runtime/clock.ts';
import type { Fetch } from '../../runtime/fetch.ts';
import { type Random, randomText } from '../../runtime/random.ts';
import { readText } from '../../runtime/read-text.ts';
import type { Refused } from '../wire/answer.ts';
import { invalidParameter, restRefusal, unavailable } from '../wire/rest-refusal.ts';
import type { Webhook } from './subscription.ts';

// RingCentral "Creating webhooks": the endpoint answers within 3000 ms, and its whole answer fits into 1024 bytes.
const ANSWER_WITHIN_MS = 3_000;
const LONGEST_ANSWER_BYTES = 1_024;
const VALIDATION_TOKEN_BYTES = 24;
const HTTP_OK = 200;

// As a receiver of the platform's has seen them ("Receiving webhooks").
const HEADERS = {
  accept: 'application/json',
  'accept-encoding': 'UTF-8',
  'content-type': 'application/json; charset=UTF-8',
  'user-agent': 'RingCentral-Webhook/8.3',
};

/** What the way to a receiver is made of. */
export interface WebhookWay {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Aborts when the sandbox closes or starts anew. */
  readonly ending: AbortSignal;
}

/**
 * Asks a new subscription's endpoint whether it wants to be one: it must send back the token that it is shown.
 *
 * @throws Refused  400: CMN-101 (no answer, or a late one), SUB-522 (not 200), SUB-525 (too long, or cut off), SUB-520
 *                  (without the token); 503 where the sandbox closes meanwhile
 */
export async function shakeHands(way: WebhookWay, { address }: Webhook, random: Random): Promise<void> {
  const token = randomText(random, VALIDATION_TOKEN_BYTES);
  const answer = await post(way, address, { 'validation-token': token }, '').catch((error: unknown) => {
    throw way.ending.aborted ? unavailable() : refusalOf(error);
  });
  if (answer.status !== HTTP_OK) throw restRefusal(400, 'SUB-522', `WebHook responds with incorrect HTTP status. HTTP status is ${answer.status}`);
  if (answer.bytes > LONGEST_ANSWER_BYTES) throw invalidAnswer();
  if (answer.headers.get('validation-token') !== token) throw restRefusal(400, 'SUB-520', 'Validation Token is not returned');
}

/**
 * Delivers one notification.
 *
 * @returns nothing where it arrived; otherwise what went wrong, as the platform words it
 */
export async function deliver(way: WebhookWay, { address, verificationToken }: Webhook, notification: string): Promise<string | undefined> {
  try {
    const headers = verificationToken === undefined ? {} : { 'verification-token': verificationToken };
    const { status } = await post(way, address, headers, notification);
    return status >= 200 && status < 300 ? undefined : `WebHook responds with incorrect HTTP status. HTTP status is ${status}`;
  } catch (error) {
    return `I/O operation is failed. Details: [${detailOf(error)}]`;
  }
}

/** The answer is longer than what is read of one. */
class AnswerTooLong extends Error {}

interface WebhookAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Of status line, headers and body, about. */
  readonly bytes: number;
}

// A redirect is an answer like any other: notifications go nowhere but to the address that has shaken hands.
async function post({ fetch, clock, ending }: WebhookWay, address: string, headers: Readonly<Record<string, string>>, body: string): Promise<WebhookAnswer> {
  const signal = AbortSignal.any([ending, clock.deadline(ANSWER_WITHIN_MS)]);
  const response = await fetch(address, { method: 'POST', headers: { ...HEADERS, ...headers }, body, redirect: 'manual', signal });
  const text = await readText(response, LONGEST_ANSWER_BYTES);
  if (text === undefined) throw new AnswerTooLong('Response is too long');
  const head = [...response.headers].reduce((length, [name, value]) => length + name.length + value.length + ': \r\n'.length, 'HTTP/1.1 200 OK\r\n\r\n'.length);
  return { status: response.status, headers: response.headers, bytes: head + Buffer.byteLength(text) };
}

function refusalOf(error: unknown): Refused {
  return error instanceof AnswerTooLong ? invalidAnswer() : invalidParameter('deliveryMode.address');
}

function invalidAnswer(): Refused {
  return restRefusal(400, 'SUB-525', 'WebHook server response is invalid');
}

function detailOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return 'Read timed out';
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
