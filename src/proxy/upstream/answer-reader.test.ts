import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnswerReader, type Asked } from './answer-reader.ts';
import { AnswerUnusable } from './faults.ts';

const ORDINARY: Asked = { bodiless: false, upgrade: false };

/** What was told of the answers in a stream of bytes. */
interface Told {
  readonly statuses: number[];
  readonly rawHeaders: string[][];
  readonly body: string;
  readonly trailers: readonly string[];
  readonly end: 'whole' | 'unfinished' | 'unusable';
  /** Bytes after the end of the answer. */
  readonly over: number;
}

/** Feeds `bytes` in pieces that end where `cuts` say. */
function read(bytes: Buffer, cuts: readonly number[], asked = ORDINARY): Told {
  const reader = new AnswerReader();
  const statuses: number[] = [];
  const rawHeaders: string[][] = [];
  const body: string[] = [];
  let trailers: readonly string[] = [];
  const sink = {
    information: ({ status }: { readonly status: number }) => void statuses.push(status),
    head(head: { readonly status: number; readonly rawHeaders: string[] }) {
      statuses.push(head.status);
      rawHeaders.push(head.rawHeaders);
    },
    data: (chunk: Buffer) => void body.push(chunk.toString('latin1')),
    trailers(fields: readonly string[]) {
      trailers = fields;
    },
  };
  reader.begin(asked);
  let at = 0;
  let end: Told['end'] = 'unfinished';
  try {
    for (const cut of [...cuts, bytes.length]) {
      if (cut <= at) continue;
      const taken = reader.read(bytes.subarray(at, cut), sink);
      expect(taken <= cut - at).toBe(true);
      at += taken;
      if (reader.done) {
        end = 'whole';
        break;
      }
      expect(at).toBe(cut);
    }
  } catch (error) {
    if (!(error instanceof AnswerUnusable)) throw error;
    end = 'unusable';
  }
  return { statuses, rawHeaders, body: body.join(''), trailers, end, over: bytes.length - at };
}

const cutsOf = (length: number) => fc.array(fc.nat(length), { maxLength: 12 }).map((cuts) => cuts.sort((a, b) => a - b));

const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/).filter((text) => !/^(content-length|transfer-encoding)$/i.test(text));
const value = fc.stringMatching(/^[!-~\x80-\xff]([\t -~\x80-\xff]{0,20}[!-~\x80-\xff])?$/);
const field = fc.tuple(name, fc.oneof(value, fc.constant('')));
const octets = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

/** A proper answer, and what has to be told of it. */
const answer = fc
  .record({
    informations: fc.array(fc.constantFrom(100, 102, 103), { maxLength: 3 }),
    status: fc.integer({ min: 200, max: 599 }).filter((status) => ![204, 205, 304].includes(status)),
    fields: fc.array(field, { maxLength: 8 }),
    pieces: fc.array(octets, { maxLength: 5 }),
    chunked: fc.boolean(),
    extension: fc.stringMatching(/^(;[a-z]{1,8}(=[a-z]{1,8})?)?$/),
    upperHex: fc.boolean(),
    trailers: fc.array(field, { maxLength: 3 }),
  })
  .map(({ informations, status, fields, pieces, chunked, extension, upperHex, trailers }) => {
    const lines = (all: readonly (readonly [string, string])[]) => all.map(([n, v]) => `${n}: ${v}\r\n`).join('');
    const body = pieces.join('');
    const size = (piece: string) => (upperHex ? piece.length.toString(16).toUpperCase() : piece.length.toString(16));
    const chunks = pieces.filter((piece) => piece !== '').map((piece) => `${size(piece)}${extension}\r\n${piece}\r\n`);
    const framing: readonly [string, string] = chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(body.length)];
    const text =
      informations.map((information) => `HTTP/1.1 ${information} X\r\n\r\n`).join('') +
      `HTTP/1.1 ${status} Some reason\r\n${lines([...fields, framing])}\r\n` +
      (chunked ? `${chunks.join('')}0${extension}\r\n${lines(trailers)}\r\n` : body);
    return {
      bytes: Buffer.from(text, 'latin1'),
      told: { statuses: [...informations, status], rawHeaders: [[...fields, framing].flat()], body, trailers: chunked ? trailers.flat() : [] },
    };
  });

describe('AnswerReader', () => {
  test('37: tells the same of an answer wherever it is torn, and takes no byte of what follows it', () => {
    fc.assert(
      fc.property(
        answer.chain((made) => fc.tuple(fc.constant(made), fc.uint8Array({ maxLength: 40 }), cutsOf(made.bytes.length + 40))),
        ([{ bytes, told }, more, cuts]) => {
          const got = read(Buffer.concat([bytes, more]), cuts);

          expect(got).toEqual({ ...told, end: 'whole', over: more.length });
        },
      ),
      { numRuns: runs(2_000) },
    );
  });

  test('37: what was altered anywhere means the same however it is torn, or is refused: nothing else is thrown', () => {
    const altered = answer.chain(({ bytes }) =>
      fc
        .array(
          fc.record({
            at: fc.nat(bytes.length),
            cut: fc.nat(3),
            put: fc.oneof(
              fc.constantFrom('\r', '\n', '\r\n', '\r\n\r\n', '\0', ' ', '\t', ':', ';', '0', '5', '-', '+', ',', 'Content-Length: 3\r\n'),
              fc.constantFrom('Transfer-Encoding: chunked\r\n', '0\r\n\r\n', 'HTTP/1.1 200 OK\r\n', '\x80', 'ffffffff'),
              fc.constant(''),
            ),
          }),
          { minLength: 1, maxLength: 4 },
        )
        .map((changes) => changes.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), bytes.toString('latin1')))
        .map((text) => Buffer.from(text, 'latin1')),
    );
    fc.assert(
      fc.property(
        altered.chain((bytes) => fc.tuple(fc.constant(bytes), cutsOf(bytes.length))),
        ([bytes, cuts]) => {
          const whole = read(bytes, []);
          const torn = read(bytes, cuts);

          // Of an unfinished head, a part may be refused sooner than the whole.
          expect(torn.end).toBe(whole.end);
          expect(torn.statuses).toEqual(whole.statuses);
          expect(torn.body).toBe(whole.body);
          if (whole.end === 'whole') expect(torn).toEqual(whole);
        },
      ),
      { numRuns: runs(5_000) },
    );
  });

  test('37: any bytes at all are an answer, a part of one, or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, withStart) => {
        const start = withStart ? 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' : '';

        const { end, body } = read(Buffer.concat([Buffer.from(start), bytes]), []);

        expect(body.length <= bytes.length).toBe(true);
        expect(['whole', 'unfinished', 'unusable']).toContain(end);
      }),
      { numRuns: runs(5_000) },
    );
  });

  test('a head of one byte a packet costs no more copying than doubling does', () => {
    const bytes = Buffer.from(`HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(190)}X-L: ${'a'.repeat(60_000)}\r\nContent-Length: 0\r\n\r\n`);
    const everywhere = Array.from({ length: bytes.length }, (_, at) => at);

    expect(read(bytes, everywhere)).toMatchObject({ end: 'whole', statuses: [200] });
  });
});

function runs(usual: number): number {
  return process.env.TRUNKLINE_TEST_LONG ? usual * 20 : usual;
}
