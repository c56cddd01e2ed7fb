import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { command, control, manage, type Place, place, run, runUntil, tokenRequests } from './trunkline.ts';

// One test starts up to a dozen processes after each other.
vi.setConfig({ testTimeout: 240_000 });

const CANARY = 'canary-secret-5550100';
const ACCOUNT = '/restapi/v1.0/account/~/extension/~';

describe('trunkline --help', () => {
  test('lists every command, and each has its own', async () => {
    const at = await place();

    const { stdout, status } = await command(at, ['--help']);
    const below = await Promise.all(
      [['token'], ['call'], ['doctor'], ['app', 'add'], ['connection', 'list'], ['client', 'remove']].map((args) => command(at, [...args, '--help'])),
    );

    expect(status).toBe(0);
    for (const name of ['start', 'serve', 'sandbox', 'connect', 'token', 'call', 'app', 'connection', 'client', 'doctor'])
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    for (const help of below) expect([help.status, help.stdout.includes('--json')]).toEqual([0, true]);
  });
});

test('whoever closes the output has no error for it', async () => {
  const running = run(await place(), ['explain', 'https://service.ringcentral.com/ringout.asp?cmd=list&username=18885550100&password=secret']);
  running.process.stdout?.destroy();

  expect([await running.ended, running.output()]).toEqual([0, '']);
});

describe('trunkline token', () => {
  test('a newcomer has a token that works, right after the start, without a new sign-in', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);
    const before = await tokenRequests(at);

    const { status, stdout, stderr } = await command(at, ['token', 'front-desk']);
    const answer = await fetch(at.sandbox + ACCOUNT, { headers: { authorization: `Bearer ${stdout.trim()}` } });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^\S+\n$/);
    expect(answer.status).toBe(200);
    expect(await tokenRequests(at)).toEqual(before);
    expect((await manage(at, 'GET', 'audit?limit=1')).body).toMatchObject({ items: [{ who: 'cli', action: 'getToken', object: 'connections/front-desk' }] });
  });

  test('G10: --for ringcx prints a token of RingCX, from the database and, with a gateway key, from the gateway', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);
    const { body } = await manage(at, 'POST', 'clients', { name: 'crm', connections: ['front-desk'] });
    const elsewhere = { ...(await place()), env: { TRUNKLINE_URL: at.gateway } };

    const here = await command(at, ['token', 'front-desk', '--for', 'ringcx']);
    const asked = await command(elsewhere, ['token', 'front-desk', '--for', 'ringcx', '--json'], { env: { TRUNKLINE_KEY: String(body.key) } });
    const wrong = await command(at, ['token', 'front-desk', '--for', 'voice']);
    const answer = await fetch(`${at.sandbox}/voice/api/v1/admin/accounts`, { headers: { authorization: `Bearer ${here.stdout.trim()}` } });

    expect([here.status, here.stderr, answer.status]).toEqual([0, '', 200]);
    expect(JSON.parse(asked.stdout)).toMatchObject({ access_token: here.stdout.trim(), main_account_id: '333330', admin_id: '1111' });
    expect(wrong).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('--for takes "ringcx"') });
  });

  test('with a gateway key it is asked of the gateway, from a folder where there is no database', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);
    const { body } = await manage(at, 'POST', 'clients', { name: 'crm', connections: ['front-desk'] });
    const elsewhere = { ...(await place()), env: { TRUNKLINE_URL: at.gateway } };

    const good = await command(elsewhere, ['token', 'front-desk', '--json'], { env: { TRUNKLINE_KEY: String(body.key) } });
    const wrong = await command(elsewhere, ['token', 'front-desk'], { env: { TRUNKLINE_KEY: `tlk_${'x'.repeat(43)}` } });

    expect(good.status).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: expect.any(Number),
      owner_id: '403141004',
    });
    expect(wrong).toEqual({ status: 1, stdout: '', stderr: 'trunkline: This gateway key is not known here.\n' });
  });

  test('a Connection that is not there, and a folder without database: one line, exit status 1, and nothing is made', async () => {
    const at = await place();
    const nowhere = await command(at, ['token', 'front-desk']);
    await (await runUntil('Ctrl-C stops both.', at, ['start'])).stop();

    const unknown = await command(at, ['token', 'front-dsk']);

    expect(nowhere).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^trunkline: No gateway answers at [^\n]+ no database data\/trunkline\.db[^\n]+\n$/),
    });
    expect(unknown).toEqual({ status: 1, stdout: '', stderr: 'trunkline: There is no Connection "front-dsk".\n' });
  });
});

describe('trunkline token and call say what they work on', () => {
  test('where a gateway answers, a key is missing, or a database is named', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);
    const elsewhere = { ...(await place()), env: at.env };
    const call = ['call', 'GET', ACCOUNT, '--connection', 'front-desk'];
    const key = { TRUNKLINE_KEY: `tlk_${'x'.repeat(43)}` };

    const said = await Promise.all([
      command(elsewhere, ['token', 'front-desk']),
      command(elsewhere, call),
      command(at, ['token', 'front-desk', '--url', at.gateway]),
      command(at, call, { env: key }),
      command(at, [...call, '--database', 'sqlite:none.db']),
    ]);
    const named = await command(at, ['token', 'front-desk', '--database', 'sqlite:data/trunkline.db'], { env: key });

    expect(said.map(({ status, stderr }) => [status, stderr])).toEqual([
      [1, expect.stringMatching(/^trunkline: A gateway answers at \S+, but its database is not [^\n]+: set TRUNKLINE_KEY to ask it[^\n]+\n$/)],
      [1, expect.stringMatching(/^trunkline: A gateway answers at \S+, but [^\n]+: call works on a database only; run this in the folder[^\n]+\n$/)],
      [1, expect.stringMatching(/^trunkline: TRUNKLINE_URL names the gateway at \S+, [^\n]+; set TRUNKLINE_KEY, [^\n]+\n$/)],
      [1, expect.stringMatching(/^trunkline: call works on the database itself, past every gateway key and Policy, so it does not go with TRUNKLINE_KEY;/)],
      [1, expect.stringMatching(/^trunkline: There is no database none\.db; correct --database, [^\n]+\n$/)],
    ]);
    expect(named).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('trunkline call', () => {
  test("sends one request on a Connection, and prints the platform's answer", async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);

    const plain = await command(at, ['call', 'get', ACCOUNT, '--connection', 'front-desk']);
    const placed = await command(at, [
      ...['call', 'POST', `${ACCOUNT}/ring-out`, '--connection', 'front-desk', '--json', '--data'],
      '{"from": {"phoneNumber": "+16505553711"}, "to": {"phoneNumber": "+16505551230"}, "playPrompt": false}',
    ]);
    const missing = await command(at, ['call', 'GET', `${ACCOUNT}/ring-out/none`, '--connection', 'front-desk']);

    expect(plain).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(plain.stdout)).toMatchObject({ extensionNumber: '101' });
    expect(JSON.parse(placed.stdout)).toMatchObject({ status: 200, body: { status: { callStatus: 'InProgress' } } });
    expect(missing).toMatchObject({ status: 1, stderr: 'trunkline: the platform answered 404.\n' });
  });
});

describe('trunkline app, connection and client', () => {
  test.each([
    ['through the gateway that answers', true],
    ['directly on the database where none answers', false],
  ])('list, add, show, remove: %s', async (_what, answers) => {
    const at = await place();
    const running = await runUntil('Ctrl-C stops both.', at, ['start']);
    if (!answers) await running.stop();
    const json = async (args: readonly string[], stdin = '') => {
      const { status, stdout, stderr } = await command(at, [...args, '--json'], { stdin });
      return { status, stderr, body: stdout ? JSON.parse(stdout) : undefined };
    };

    const app = await json(['app', 'add', 'mine', '--platform-origin', at.sandbox, '--client-id', 'YourAppKey'], `${CANARY}\n`);
    const connection = await json(
      ['connection', 'add', 'desk', '--json-body', '-'],
      JSON.stringify({ app: 'mine', credentials: [{ kind: 'password', username: '18889363711', password: CANARY }] }),
    );
    const client = await json(['client', 'add', 'crm', '--connection', 'desk', '--policy', '{"token": true}']);
    const bridged = await json(['client', 'bridge', 'crm', '--client-id', 'OldCrm', '--origin', 'https://shop.example.com'], CANARY);
    const plain = await json(['client', 'bridge', 'crm', '--public', '--no-origin']);
    const signedOut = await json(['client', 'sign-out', 'crm']);
    const listed = await json(['client', 'list']);
    const shown = await json(['connection', 'show', 'desk']);
    const inUse = await json(['connection', 'remove', 'desk']);
    const removed = await json(['client', 'remove', 'crm']);
    const again = await json(['client', 'show', 'crm']);

    expect(app).toMatchObject({ status: 0, body: { name: 'mine', hasClientSecret: true } });
    expect(connection).toMatchObject({ status: 0, body: { name: 'desk', state: 'new' } });
    expect(client.body.key).toMatch(/^tlk_/);
    expect([bridged.body.bridge, plain.body.bridge, signedOut.body]).toEqual([
      { clientId: 'OldCrm', hasClientSecret: true, redirectUris: [], origins: ['https://shop.example.com'] },
      { clientId: 'OldCrm', hasClientSecret: false, redirectUris: [], origins: [] },
      { ended: 0 },
    ]);
    expect(listed.body.items.map(({ name }: { name: string }) => name)).toEqual(['crm', 'demo']);
    expect(shown.body).toMatchObject({ name: 'desk', credentials: [{ kind: 'password' }] });
    expect(inUse).toMatchObject({ status: 1, stderr: expect.stringContaining('is still used by Client "crm"') });
    expect(removed).toMatchObject({ status: 0, body: { removed: 'crm' } });
    expect(again).toMatchObject({ status: 1, stderr: 'trunkline: There is no Client "crm".\n' });
    expect(JSON.stringify([app, connection, client, bridged, plain, listed, shown, inUse])).not.toContain(CANARY);

    if (!answers) await runUntil('Ctrl-C stops both.', at, ['start']);
    const audit = await manage(at, 'GET', 'audit?limit=1000');
    expect(audit.body.items).toEqual(
      expect.arrayContaining([expect.objectContaining({ action: 'createApp', object: 'apps/mine', address: answers ? '127.0.0.1' : 'cli', result: 'ok' })]),
    );
    expect(audit.text).not.toContain(CANARY);
  });

  test('a table for people; a faulty field is named', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);

    const table = await command(at, ['connection', 'list']);
    const faulty = await command(at, ['app', 'add', 'bad name', '--client-id', 'x', '--public', '--platform-origin', at.sandbox]);

    expect(table.stdout).toMatch(/^name +app +state +ownerId +generation +expiresAt\nback-office +demo +ready /);
    expect(faulty).toMatchObject({ status: 1, stderr: expect.stringMatching(/^trunkline: name [^\n]+\n$/) });
  });

  test('23: a secret comes from the environment or standard input; there is no flag for it, and a broken body is not repeated', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);
    const add = ['connection', 'add', 'x', '--app', 'demo', '--username', '18889363711'];

    const missing = await command(at, add);
    const fromVariable = await command(at, add, { env: { TRUNKLINE_SECRET: CANARY } });
    const broken = await command(at, ['app', 'add', '--json-body', '-'], { stdin: `{"clientSecret": "${CANARY}"` });
    const flag = await command(at, [...add, '--password', CANARY]);

    expect(missing).toMatchObject({ status: 1, stderr: 'trunkline: The password is missing; give it on standard input or in TRUNKLINE_SECRET.\n' });
    expect(fromVariable.status).toBe(0);
    expect(broken).toMatchObject({ status: 1, stderr: 'trunkline: Standard input does not hold a JSON object.\n' });
    expect(flag.status).toBe(1);
    expect(JSON.stringify([fromVariable, broken])).not.toContain(CANARY);
  });

  test('a wrong admin token, and a gateway that was named and does not answer', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);
    const away = await place();

    const wrong = await command(at, ['app', 'list'], { env: { TRUNKLINE_ADMIN_TOKEN: 'another-admin-token-0123456789' } });
    const named = await command(at, ['app', 'list', '--url', away.gateway]);
    const plain = await command(at, ['app', 'list', '--url', 'http://gateway.example.com']);

    expect(wrong).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^trunkline: What answers at \S+ does not prove that it knows the admin token of TRUNKLINE_ADMIN_TOKEN, [^\n]+\n$/),
    });
    expect(named).toMatchObject({ status: 1, stderr: `trunkline: No gateway answers at ${away.gateway}; start it, or correct TRUNKLINE_URL.\n` });
    expect(plain).toMatchObject({ status: 1, stderr: expect.stringContaining('TRUNKLINE_URL must be https') });
  });
});

describe('trunkline connection credentials', () => {
  test('gives a Connection other credentials, a JWT for example, and brings one back that needed a sign-in', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);
    const { body } = await manage(at, 'POST', 'connections', {
      name: 'desk',
      app: 'demo',
      credentials: [{ kind: 'password', username: '18889363711', extension: '101', password: CANARY }],
    });
    const refused = await command(at, ['token', 'desk']);

    const jwt = await command(at, ['connection', 'credentials', 'desk', '--jwt', '--json'], { stdin: `e30.e30.${CANARY}\n` });
    const password = await command(at, ['connection', 'credentials', 'desk', '--username', '18889363711', '--extension', '101'], { stdin: '1234' });
    const won = await command(at, ['token', 'desk']);
    const both = await command(at, ['connection', 'credentials', 'desk', '--json-body', '-', '--jwt'], { stdin: '{}' });
    const faulty = await command(at, ['app', 'add', 'x', '--client-id', 'y', '--public', '--platform-origin', 'http://platform.example.com']);

    expect(body).toMatchObject({ name: 'desk' });
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('`trunkline connection credentials desk`') });
    expect(JSON.parse(jwt.stdout)).toMatchObject({ name: 'desk', state: 'new', credentials: [{ kind: 'jwt' }] });
    expect(password).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Connection "desk" has new credentials, and is new; [^\n]+\n$/) });
    expect(won).toMatchObject({ status: 0, stderr: '' });
    expect(both).toMatchObject({ status: 1, stderr: 'trunkline: --json-body holds the whole body; leave out --jwt, or --json-body.\n' });
    expect(faulty).toMatchObject({ status: 1, stderr: expect.stringMatching(/^trunkline: --platform-origin must be https, [^\n]+\n$/) });
    expect(JSON.stringify([refused, jwt])).not.toContain(CANARY);
  });
});

describe('trunkline doctor', () => {
  const findings = async (at: Place, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
    const { status, stdout } = await command(at, ['doctor', '--json', ...args], { env });
    const { findings: found } = JSON.parse(stdout) as { findings: { name: string; level: string; message: string }[] };
    return { status, levels: Object.fromEntries(found.map(({ name, level }) => [name, level])), text: stdout };
  };

  test('all is well after a start, a line each', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);

    const { status, stdout } = await command(at, ['doctor', '--sign-in', 'front-desk']);

    expect(stdout.split('\n').map((line) => /^(ok|warn|fail) +([\w-]+): ./.exec(line)?.slice(1).join(' '))).toEqual([
      'ok files',
      'ok gateway',
      'ok database',
      'ok vault',
      'ok audit',
      'ok freezes',
      'ok keeping',
      'ok platform',
      'ok clock',
      'ok sign-in',
      undefined,
    ]);
    expect(status).toBe(0);
  });

  test('an empty folder, a stopped gateway and sandbox, a key that others may read, a wrong key', async () => {
    const at = await place();
    const empty = await findings(at);
    await (await runUntil('Ctrl-C stops both.', at, ['start'])).stop();

    const stopped = await findings(at);
    const wrongKey = await findings(at, [], { TRUNKLINE_VAULT_KEY: Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64') });
    chmodSync(join(at.folder, 'data/vault.key'), 0o644);
    const readable = await findings(at);

    expect(empty).toMatchObject({ status: 1, levels: { files: 'ok', gateway: 'warn', database: 'fail' } });
    expect(stopped).toMatchObject({ status: 1, levels: { gateway: 'warn', database: 'ok', vault: 'ok', platform: 'fail' } });
    expect(wrongKey).toMatchObject({ status: 1, levels: { database: 'ok', vault: 'fail' } });
    expect(readable).toMatchObject({ status: 1, levels: { files: 'fail', vault: 'fail' }, text: expect.stringContaining('chmod 600 data/vault.key') });
  });

  test('a setting that cannot be used, an empty file and a file of the sandbox are said, with what was not checked', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);
    writeFileSync(join(at.folder, 'empty.db'), '');

    const unset = await findings(at, ['--sign-in', 'front-desk'], { TRUNKLINE_LISTEN: 'nowhere' });
    const empty = await findings(at, ['--database', 'sqlite:empty.db']);
    const sandbox = await findings(at, ['--database', 'sqlite:data/sandbox.db']);

    const skipped = { vault: 'skip', audit: 'skip', platform: 'skip', clock: 'skip' };
    expect(unset).toMatchObject({ status: 1, levels: { settings: 'fail', files: 'skip', gateway: 'skip', database: 'skip', ...skipped, 'sign-in': 'skip' } });
    expect(unset.text).toContain('TRUNKLINE_LISTEN \\"nowhere\\" is not of the form');
    expect(empty).toMatchObject({ status: 1, levels: { database: 'fail', ...skipped }, text: expect.stringContaining('empty.db is empty') });
    expect(sandbox).toMatchObject({ status: 1, levels: { database: 'fail' }, text: expect.stringContaining('holds the state of a sandbox') });
    expect(readFileSync(join(at.folder, 'empty.db'), 'utf8')).toBe('');
  });

  test('--sign-in asks the platform: a Grant that died there is replaced, and a platform that is stopped is no success', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);
    await control(at, 'clock', { advanceSeconds: 3_601 });
    const before = await tokenRequests(at);

    const stale = await command(at, ['doctor', '--sign-in', 'front-desk']);
    const asked = (await tokenRequests(at)).slice(before.length);
    await control(at, 'faults', { match: { path: '/restapi/v1.0/account/~/extension/~' }, times: 1, action: { drop: 'before' } });
    const gone = await findings(at, ['--sign-in', 'front-desk']);

    expect(stale).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^ok {3}sign-in: the platform answered GET \S+ with the token of Connection "front-desk"/m),
    });
    expect(asked).toEqual(['refresh_token']);
    expect(gone).toMatchObject({ status: 1, levels: { 'sign-in': 'fail' } });
  });

  test('a database that is none, and an App whose secret is wrong', async () => {
    const at = await place();
    await runUntil('Ctrl-C stops both.', at, ['start']);
    await manage(at, 'POST', 'apps', { name: 'wrong', platformOrigin: at.sandbox, clientId: 'YourAppKey', clientSecret: CANARY });
    await manage(at, 'POST', 'connections', {
      name: 'wrong',
      app: 'wrong',
      credentials: [{ kind: 'password', username: '18889363711', extension: '101', password: '1234' }],
    });
    const broken = await place();
    mkdirSync(join(broken.folder, 'data'));
    writeFileSync(
      join(broken.folder, 'data/trunkline.db'),
      'this is not a database, whatever its name says; it is text, and long enough for a page header'.repeat(20),
      {
        mode: 0o600,
      },
    );

    const refused = await findings(at, ['--sign-in', 'wrong']);
    const text = await findings(broken);

    expect(refused).toMatchObject({ status: 1, levels: { 'sign-in': 'fail' } });
    expect(refused.text).toContain('refuses App \\"wrong\\"');
    expect(refused.text).not.toContain(CANARY);
    expect(text).toMatchObject({ status: 1, levels: { database: 'fail' } });
  });
});
