import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appFromDraft } from '../domain/app.ts';
import { type LinkChange, linkRewriter, linksBack } from './rewrite-links.ts';

const PLATFORM = 'https://platform.example.com';
const GATEWAY = 'http://127.0.0.1:8080';

const CHANGE = { from: PLATFORM, to: GATEWAY };

async function rewritten(text: string, cuts: readonly number[] = [], changes: readonly LinkChange[] = [CHANGE]): Promise<string> {
  const bytes = Buffer.from(text);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces = [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end)).filter(({ length }) => length > 0);
  return String(await buffer(Readable.from(pieces).pipe(linkRewriter(changes))));
}

describe('linkRewriter', () => {
  test('the links of a paged list lead to the gateway, and nothing else changes', async () => {
    const page = `{"uri":"${PLATFORM}/restapi/v1.0/account/1", "text":"see ${PLATFORM}/x", "navigation":{"nextPage":{"uri":"${PLATFORM}/restapi?page=2"}},"other":"https://platform.example.com.evil/x","bare":"${PLATFORM}"}`;

    expect(await rewritten(page)).toBe(
      `{"uri":"${GATEWAY}/restapi/v1.0/account/1", "text":"see ${PLATFORM}/x", "navigation":{"nextPage":{"uri":"${GATEWAY}/restapi?page=2"}},"other":"https://platform.example.com.evil/x","bare":"${GATEWAY}"}`,
    );
  });

  test('each origin gets its own place, also where one is the beginning of another', async () => {
    const changes = [
      { from: 'http://127.0.0.1:80', to: GATEWAY },
      { from: 'http://127.0.0.1:8090', to: `${GATEWAY}/media` },
    ];

    expect(await rewritten('{"a":"http://127.0.0.1:8090/x","b":"http://127.0.0.1:80/y","c":"http://127.0.0.1:809/z"}', [], changes)).toBe(
      `{"a":"${GATEWAY}/media/x","b":"${GATEWAY}/y","c":"http://127.0.0.1:809/z"}`,
    );
  });

  test('slashes that are escaped stay so', async () => {
    expect(await rewritten('{"uri":"https:\\/\\/platform.example.com\\/restapi"}')).toBe('{"uri":"http:\\/\\/127.0.0.1:8080\\/restapi"}');
  });

  test('wherever the document is torn, every string that begins with the origin is rewritten, and no other byte', async () => {
    const link = fc.constantFrom(
      PLATFORM,
      `${PLATFORM}/a`,
      `${PLATFORM}?q`,
      `${PLATFORM}.evil/a`,
      `${PLATFORM}:1`,
      `x ${PLATFORM}/a`,
      '"',
      '\\',
      `"${PLATFORM}/a`,
      'é',
    );
    const value = fc.letrec((tie) => ({
      node: fc.oneof(link, fc.string(), fc.integer(), fc.array(tie('node'), { maxLength: 4 }), fc.dictionary(fc.string(), tie('node'), { maxKeys: 4 })),
    })).node;
    await fc.assert(
      fc.asyncProperty(value, fc.array(fc.nat()), async (document, cuts) => {
        const expected = JSON.stringify(document, (_key, part) =>
          typeof part === 'string' && /^https:\/\/platform\.example\.com(?=[/?#]|$)/.test(part) ? GATEWAY + part.slice(PLATFORM.length) : part,
        );

        expect(await rewritten(JSON.stringify(document), cuts)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('linksBack', () => {
  const app = appFromDraft(
    { name: 'main', platformOrigin: PLATFORM, mediaOrigin: 'https://media.example.com', ringcxOrigin: 'https://cx.example.com', clientId: 'id' },
    0,
  );

  test('leads to where the gateway serves each origin', () => {
    const media = { from: 'https://media.example.com', to: `${GATEWAY}/media` };

    expect(linksBack(app, 'platformOrigin', GATEWAY)).toEqual([media, CHANGE]);
    expect(linksBack(app, 'mediaOrigin', GATEWAY)).toEqual([media, CHANGE]);
    expect(linksBack(app, 'ringcxOrigin', GATEWAY)).toEqual([media, { from: 'https://cx.example.com', to: GATEWAY }, CHANGE]);
  });

  test('where one origin serves all three, that is the platform', () => {
    expect(linksBack({ ...app, mediaOrigin: PLATFORM, ringcxOrigin: PLATFORM }, 'mediaOrigin', GATEWAY)).toEqual([CHANGE]);
  });
});
