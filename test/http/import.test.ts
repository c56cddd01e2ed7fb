import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { linesOf } from '../../src/http/import-lines.ts';
import { TOKEN_PATH } from '../world.ts';
import { gateway, TOKEN } from './gateway.ts';

const HEADER = 'name,app,refreshToken,refreshExpiresAt,obtainedAt,label:team,password,username,keep';
const DAY_MS = 86_400_000;

async function world() {
  const at = await gateway({ names: [] });
  const send = async (payload: string | Buffer, query = '', type = 'text/csv') => {
    const answer = await at.server.inject({
      method: 'POST',
      url: `/trunkline/api/connections/import${query}`,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': type },
      payload,
    });
    return { status: answer.statusCode, body: answer.json() as Record<string, unknown>, text: answer.payload };
  };
  return { ...at, send };
}

describe('POST connections/import', () => {
  test('dirt: every faulty line is named with its column, the good rows are stored, and no secret is in the report', async () => {
    const { send, manage, clock, sandbox } = await world();
    const soon = new Date(clock.now() + DAY_MS).toISOString();
    const rows = [
      `good-1,demo,secret-1,${soon},,front,,,`, // 2
      'good-2,demo,secret-2,,,"a ""quoted"", label",,,fresh', // 3
      'bad name!,demo,secret-3,,,,,,', // 4
      'unknown-app,nowhere,secret-4,,,,,,', // 5
      'no-credential,demo,,,,,,,', // 6
      'few-cells,demo,secret-6', // 7
      'broken-quote,demo,"secret-7,,,,,,', // 8
      'good-1,demo,secret-8,,,,,,', // 9
      'same-token,demo,secret-1,,,,,,', // 10
      'nul,demo,sec\0ret-9,,,,,,', // 11
      `long,demo,secret-10${'x'.repeat(17_000)},,,,,,`, // 12
      `longer,demo,secret-11${'x'.repeat(200_000)},,,,,,`, // 13
      'over,demo,secret-12,2020-01-01T00:00:00Z,,,,,', // 14
      'seconds,demo,secret-13,1750000000,,,,,', // 15
      'half,demo,secret-14,,,,pass-15,,', // 16
      '', // 17
      'good-3,demo,,,,, pass-16 ,18889363711,', // 18
    ];
    const latin1 = Buffer.from('latin,demo,secret-17,,,M\xfcnchen,,,', 'latin1'); // 19
    const file = Buffer.concat([Buffer.from(`\uFEFF${[HEADER, ...rows].join('\r\n')}\r\n`), latin1]);

    const { status, body, text } = await send(file);

    expect(status).toBe(200);
    expect(body).toMatchObject({ dryRun: false, rows: 17, imported: 3, alreadyImported: 0, faulty: 14, faultsLeftOut: 0 });
    const faults = (body.faults as { line: number; field: string; message: string }[]).map(({ line, field, message }) => `${line} ${field}: ${message}`);
    expect(faults).toEqual([
      expect.stringMatching(/^4 name: must be letters/),
      '5 app: names an App that is not there',
      expect.stringMatching(/^6 : has no credential/),
      '7 : has 3 cells, the first line names 9',
      '8 : has broken quotes; a row is one line',
      '9 name: is the same as on line 2',
      '10 refreshToken: is the same as on line 2',
      '11 refreshToken: holds a NUL',
      '12 refreshToken: must have at most 16384 characters',
      '13 : is too long',
      expect.stringMatching(/^14 refreshExpiresAt: is over since 2020-01-01/),
      expect.stringMatching(/^15 refreshExpiresAt: must be a time/),
      '16 username: is required',
      '19 label:team: is not in UTF-8; save the file in UTF-8',
    ]);
    expect(text).not.toMatch(/secret-|sec\\u0000ret|pass-/);
    const list = (await manage('GET', 'connections')).body.items as Record<string, unknown>[];
    expect(list).toMatchObject([
      { name: 'good-1', state: 'new', labels: { team: 'front' }, generation: 0, credentials: [{ kind: 'refresh_token' }] },
      { name: 'good-2', state: 'new', labels: { team: 'a "quoted", label' }, keep: 'fresh' },
      { name: 'good-3', credentials: [{ kind: 'password' }] },
    ]);
    expect(sandbox.requests(TOKEN_PATH)).toEqual([]);
  });

  test('the same file again is harmless; another token under a name that is there is a fault', async () => {
    const { send, store } = await world();
    const file = ['{"name":"one","refreshToken":"t1"}', '{"name":"two","refreshToken":"t2","jwt":null}'].join('\n');
    const ask = (text: string) => send(text, '?app=demo', 'application/x-ndjson');

    const first = await ask(file);
    const second = await ask(file);
    const third = await ask('{"name":"one","refreshToken":"another"}');

    expect(first.body).toMatchObject({ imported: 2, alreadyImported: 0, faulty: 0 });
    expect(second.body).toMatchObject({ imported: 0, alreadyImported: 2, faulty: 0 });
    expect(third.body).toMatchObject({ imported: 0, faulty: 1, faults: [{ line: 1, field: 'name' }] });
    const [kept] = await store.listCredentials('one');
    expect(kept?.kind === 'refresh_token' && kept.refreshToken.reveal()).toBe('t1');
  });

  test('dryRun stores nothing and says the same', async () => {
    const { send, manage } = await world();

    const { body } = await send(`${HEADER}\none,demo,t1,,,,,,\none,demo,t2,,,,,,\n`, '?dryRun=true');

    expect(body).toMatchObject({ dryRun: true, imported: 1, faulty: 1 });
    expect((await manage('GET', 'connections')).body.items).toEqual([]);
  });

  test.each([
    ['a column that there is not', 'name,refresh_token\n', 'refresh_token'],
    ['no name', 'app,refreshToken\n', 'has no column'],
    ['a column twice', 'name,app,app\n', 'twice'],
    ['UTF-16', Buffer.from('\uFEFFname,app\n', 'utf16le'), 'no column'],
  ])('a header with %s is refused as a whole, before anything is stored', async (_name, file, message) => {
    const { send } = await world();

    const { status, text } = await send(file as string);

    expect([status, text.includes(message)]).toEqual([400, true]);
  });

  test('an imported refresh token is proved on first use, with the refresh grant', async () => {
    const { send, tokens, connections, tokenRequests, store, sandbox } = await world();
    await connections.createConnection({ name: 'old', app: 'demo', credentials: [] });
    await connections.replaceCredentials('old', [{ kind: 'password', username: '18889363711', extension: '101', password: new Secret('1234') }]);
    const won = await tokens.usableGrant('old');

    await send(`${HEADER}\nfront,demo,${won.refreshToken?.reveal()},,,,,,\n`);
    const grant = await tokens.usableGrant('front');

    expect([grant.generation, grant.ownerId]).toEqual([1, won.ownerId]);
    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
    expect(await store.findConnection('front')).toMatchObject({ ownerId: won.ownerId });
    expect(sandbox.requests(TOKEN_PATH)).toHaveLength(2);
  });
});

test('lines end with LF, CRLF or CR wherever the chunks are cut', async () => {
  const text = Buffer.from('\uFEFFa\r\nbü\n\nc\rd');
  for (let size = 1; size <= text.length; size += 1) {
    const lines: string[] = [];
    const chunks = async function* () {
      for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
    };
    for await (const line of linesOf(chunks(), 100)) lines.push(`${line.number}${line.text}`);
    expect(lines).toEqual(['1a', '2bü', '3', '4c', '5d']);
  }
});
