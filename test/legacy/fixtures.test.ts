import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RingOutApi } from '../../src/legacy/ringout/answer.ts';
import { addressOf, send, startFront, world } from './world.ts';

/** One malformed, or merely old-fashioned, request as it comes over the wire. */
interface Fixture {
  readonly name: string;
  /** Sent as it is, one character a byte; in parts where it is long or holds bytes. */
  readonly request: string | readonly (string | { readonly base64: string } | { readonly repeat: string; readonly times: number })[];
  /** The exact body; null for a problem document. */
  readonly answer: string | null;
  /** 200 where it is absent. */
  readonly status?: number;
  /** Whether the connection must end with the answer. */
  readonly closes?: boolean;
  /** What the platform must have been asked, and nothing else. */
  readonly asked?: readonly string[];
  /** The login that must have been looked for. */
  readonly login?: Readonly<Record<string, string>>;
  readonly halfClose?: boolean;
}

// What a problem document says of the status that a fixture expects.
const CODES: Readonly<Record<number, string>> = { 400: 'framing_unclear', 408: 'request_too_slow', 431: 'headers_too_large' };
const FOLDER = new URL('../fixtures/legacy/', import.meta.url);
const FIXTURES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Fixture);

let front: Awaited<ReturnType<typeof startFront>>;
let current: ReturnType<typeof world>;

beforeAll(async () => {
  current = world();
  // One server for all; each fixture has a world of its own behind it.
  const ringOut: RingOutApi = { answer: (parameters, caller) => current.api.answer(parameters, caller) };
  front = await startFront({ ringOut, addressOf, log: current.log });
});

afterAll(async () => {
  await front.stop();
});

describe('a legacy request over the wire', () => {
  test.each(FIXTURES)('$name', async (fixture) => {
    current = world();

    const answer = await send(front.port, bytesOf(fixture.request), {
      halfClose: fixture.halfClose ?? false,
      patienceMs: fixture.closes ? 5_000 : 50,
    });

    expect(answer.status).toBe(fixture.status ?? 200);
    if (fixture.answer !== null) expect(answer.body.toString('latin1')).toBe(fixture.answer);
    else expect(JSON.parse(answer.body.toString('utf8'))).toMatchObject({ status: fixture.status, code: CODES[fixture.status ?? 0] });
    if (answer.headers.get('content-type')?.startsWith('text/plain') && !isHead(fixture)) {
      expect(answer.headers.get('content-length')).toBe(String(answer.body.length));
    }
    expect(answer.closed).toBe(fixture.closes ?? false);
    if (fixture.asked) expect(current.platform.asked).toEqual(fixture.asked);
    if (fixture.login) expect(current.logins).toEqual([fixture.login]);
    expect(current.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

function bytesOf(request: Fixture['request']): Buffer {
  if (typeof request === 'string') return Buffer.from(request, 'latin1');
  return Buffer.concat(
    request.map((part) => {
      if (typeof part === 'string') return Buffer.from(part, 'latin1');
      return 'base64' in part ? Buffer.from(part.base64, 'base64') : Buffer.from(part.repeat.repeat(part.times), 'latin1');
    }),
  );
}

function isHead(fixture: Fixture): boolean {
  return bytesOf(fixture.request).toString('latin1').startsWith('HEAD');
}
