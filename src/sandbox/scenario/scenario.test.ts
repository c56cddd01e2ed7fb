import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Value } from 'typebox/value';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ACCOUNT, APP, codes, outside, TOKEN } from '../../../test/sandbox-world.ts';
import { systemClock } from '../../runtime/clock.ts';
import { DEMO_DATA } from '../demo.ts';
import { startSandbox } from '../start.ts';
import { sandboxDataOf } from './data.ts';
import { describeScenario } from './describe.ts';
import { readScenario } from './read.ts';
import { publishedSchema, type Scenario } from './schema.ts';
import { ScenarioWrong } from './wrong.ts';

const EXAMPLE = fileURLToPath(new URL('../../../docs/sandbox-scenario.yaml', import.meta.url));
const DEMO_USERS = DEMO_DATA.accounts.reduce((sum, { extensions }) => sum + extensions.length, 0);
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const BILLING = 'BillingAppKey:BillingAppSecret';

const SMALL: Scenario = {
  apps: [{ clientId: 'a', clientSecret: 's', permissions: ['ReadAccounts'] }],
  accounts: [{ mainNumber: '+15555550100', users: [{ extensionNumber: '101', password: 'p' }] }],
};
const SIGN_IN = { grant_type: 'password', username: '15555550100', extension: '101', password: 'p' };

describe('a scenario', () => {
  test('the example of the documents does what its comments say', async () => {
    const clock = systemClock;
    const { sandbox, postForm, get } = await outside({ scenario: EXAMPLE, clock, limited: true });

    const state = sandbox.state();
    const reception = { grant_type: 'password', username: 'reception@example.com', password: 'reception-1' };
    const byJwt = await postForm(TOKEN, { grant_type: JWT_BEARER, assertion: await sandbox.jwtOf('nightly') }, BILLING);
    const agent = await postForm(TOKEN, { grant_type: 'password', username: '15555550100*2300', password: 'load-2300' }, BILLING);
    const account = await get(ACCOUNT, String(byJwt.json.access_token));
    const lost = postForm(TOKEN, { grant_type: 'refresh_token', refresh_token: String(agent.json.refresh_token) }, BILLING);
    await expect(lost).rejects.toThrow(/socket hang up|ECONNRESET/);
    const again = await postForm(TOKEN, { grant_type: 'refresh_token', refresh_token: String(agent.json.refresh_token) }, BILLING);
    for (let count = 0; count < 4; count += 1) await postForm(TOKEN, reception, BILLING);
    const sixth = await postForm(TOKEN, reception, BILLING);

    expect(state.clock.offsetMs).toBe(86_400_000);
    expect([state.limits.scale, state.lifetimes.accessSeconds]).toEqual([10, 300]);
    expect(state.users).toHaveLength(DEMO_USERS + 2 + 300);
    expect(byJwt.json).toMatchObject({ expires_in: 300, owner_id: String(state.users.find(({ name }) => name === 'Reception')?.ownerId) });
    expect(account).toMatchObject({ status: 200, json: { mainNumber: '+15555550100' } });
    expect(codes(again)).toEqual([400, 'invalid_grant', 'OAU-213']);
    expect(codes(sixth)).toEqual([429, 'CMN-301', 'CMN-301']);
    expect(describeScenario(EXAMPLE)).toBe(
      `${DEMO_DATA.apps.length + 2} apps, ${DEMO_DATA.accounts.length + 1} accounts, ${DEMO_USERS + 302} users, 1 JWT credential, 1 fault, 2 latencies`,
    );
  });

  test('without "extends" there is nothing but what stands in it', async () => {
    const { sandbox, postForm } = await outside({ scenario: SMALL });

    expect((await postForm(TOKEN, SIGN_IN, 'a:s')).status).toBe(200);
    expect(codes(await postForm(TOKEN, SIGN_IN, APP))).toEqual([400, 'invalid_client', 'OAU-153']);
    expect(sandbox.state().apps.map(({ clientId }) => clientId)).toEqual(['a']);
  });

  test('an empty file is an empty platform, and JSON is read as YAML', async () => {
    const empty = await outside({ scenario: file('') });
    const json = await outside({ scenario: file(JSON.stringify(SMALL)) });

    expect([empty.sandbox.state().apps, empty.sandbox.state().users]).toEqual([[], []]);
    expect((await json.postForm(TOKEN, SIGN_IN, 'a:s')).status).toBe(200);
  });

  test('what it gives anew takes the place of the demo data', () => {
    const [demo] = DEMO_DATA.accounts;

    const data = sandboxDataOf({
      extends: 'demo',
      apps: [{ clientId: 'YourAppKey', permissions: [] }],
      accounts: [{ id: demo!.id, mainNumber: '+15555550100' }],
    });

    expect(data.apps.map(({ clientId }) => clientId)).toEqual([
      ...DEMO_DATA.apps.map(({ clientId }) => clientId).filter((clientId) => clientId !== 'YourAppKey'),
      'YourAppKey',
    ]);
    expect(data.accounts.filter(({ id }) => id === demo!.id)).toMatchObject([{ mainNumber: '+15555550100', extensions: [] }]);
  });

  test('users in bulk are the same in every run', () => {
    const bulk: Scenario = {
      accounts: [
        {
          mainNumber: '+15555550100',
          generate: { count: 3, password: 'p{n}', email: '{n}@example.com', directNumber: '+155555{n}', forwardingNumber: '+155556{n}' },
        },
      ],
    };

    const [account] = sandboxDataOf(readScenario(bulk)).accounts;

    expect(sandboxDataOf(bulk)).toEqual(sandboxDataOf(structuredClone(bulk)));
    expect(account?.extensions.map(({ extensionNumber, password, email, directNumbers }) => [extensionNumber, password, email, ...directNumbers])).toEqual([
      ['1001', 'p1001', '1001@example.com', '+1555551001'],
      ['1002', 'p1002', '1002@example.com', '+1555551002'],
      ['1003', 'p1003', '1003@example.com', '+1555551003'],
    ]);
    expect(account?.extensions[0]).toMatchObject({
      id: 2_000_000_001,
      name: 'User 1001',
      forwardingNumbers: [{ id: '20000000010', phoneNumber: '+1555561001', type: 'Mobile' }],
    });
  });

  test('reset brings the first day of the scenario back', async () => {
    const scenario: Scenario = {
      ...SMALL,
      limits: { scale: 3 },
      faults: [{ match: {}, times: 1, action: { status: 503 } }],
      jwtCredentials: [{ name: 'j', username: '15555550100*101' }],
    };
    const { sandbox, ask } = await outside({ scenario });
    await sandbox.advance(5_000);
    await ask('/restapi');
    await sandbox.revokeJwt((await sandbox.issueJwt({ username: '15555550100', extension: '101' })).id);

    await sandbox.reset();

    expect(sandbox.state()).toMatchObject({ clock: { offsetMs: 0 }, limits: { scale: 3 }, faults: [{ times: 1, action: { status: 503 } }] });
    expect((await ask('/_sandbox/jwt-credentials')).json).toMatchObject({ total: 1, jwtCredentials: [{ name: 'j', state: 'good' }] });
  });

  test('over a restart a credential stays what it is, and is not made a second time', async () => {
    const folder = temporaryFolder();
    const options = { scenario: { ...SMALL, jwtCredentials: [{ name: 'j', username: '15555550100*101' }] }, file: join(folder, 'sandbox.db') };
    const first = await startSandbox(options);
    const jwt = await first.jwtOf('j');
    await first.close();

    const { sandbox, ask } = await outside(options);
    const again = await sandbox.jwtOf('j');

    expect((await ask('/_sandbox/jwt-credentials')).json.total).toBe(1);
    const idOf = (text: string) => (JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()) as { jti: string }).jti;
    expect(idOf(again)).toBe(idOf(jwt));
  });

  test('20,000 users are one line of a scenario', async () => {
    const { postForm } = await outside({
      scenario: { ...SMALL, accounts: [{ mainNumber: '+15555550100', generate: { count: 20_000, firstExtensionNumber: 10_001, password: 'p' } }] },
    });

    expect((await postForm(TOKEN, { ...SIGN_IN, extension: '30000' }, 'a:s')).status).toBe(200);
  });

  test('the published schema takes the example', () => {
    const schema = publishedSchema();

    expect(JSON.parse(JSON.stringify(schema))).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
    });
    expect(Value.Check(schema, readScenario(EXAMPLE))).toBe(true);
    expect(Value.Check(schema, { apps: [{}] })).toBe(false);
  });
});

describe('a scenario that is wrong', () => {
  test('is refused with everything that is wrong, each with its line and column', () => {
    const path = file(`extends: nothing
rules:
  grace: perhaps
apps:
  - clientId: a
    permision: [RingOut]
accounts:
  - mainNumber: 5555550100
    users:
      - extensionNumber: 101
        password: ''
      - { extensionNumber: '102', password: p, status: Gone }
latencies: fast
`);

    expect(faultsOf(path)).toEqual([
      '1:1 extends must be one of demo',
      '3:3 rules.grace must be one of on, off',
      '5:5 apps[0].permissions is missing; add it',
      '6:5 apps[0].permision is not known; remove it, or see `trunkline sandbox scenario-schema` for what there is',
      '8:5 accounts[0].mainNumber must be string; put it in quotes',
      '10:9 accounts[0].users[0].extensionNumber must be string; put it in quotes',
      '11:9 accounts[0].users[0].password must not have fewer than 1 characters',
      '12:48 accounts[0].users[1].status must be one of Enabled, Disabled, Frozen, NotActivated',
      '13:1 latencies must be array',
    ]);
  });

  test('is refused for what contradicts itself or names what is not there', () => {
    const path = file(`extends: demo
apps:
  - { clientId: a, permissions: [RingOut, ReadMinds] }
  - { clientId: a, permissions: [] }
accounts:
  - mainNumber: '+18889363711'
    users:
      - { extensionNumber: '101', password: p, email: front-desk@example.com }
      - { extensionNumber: '101', password: p }
    generate: { count: 2, firstExtensionNumber: 101, password: p }
jwtCredentials:
  - { name: j, username: '15555550199', clientIds: [nobody] }
faults:
  - { match: {}, times: 1, action: { status: 500, drop: after } }
latencies:
  - { minMs: 5, maxMs: 4 }
`);

    expect(faultsOf(path)).toEqual([
      '3:43 apps[0].permissions[1] is no application permission: ReadMinds; write it as RingCentral does, ReadAccounts for example',
      '4:7 apps[1].clientId is taken: apps[0].clientId has a already; give each its own',
      '6:5 accounts[0].mainNumber is taken: the demo data has +18889363711 already; give each its own',
      '8:48 accounts[0].users[0].email is taken: the demo data has front-desk@example.com already; give each its own',
      '9:11 accounts[0].users[1].extensionNumber is taken: accounts[0].users[0].extensionNumber has 101 already; give each its own',
      '10:27 accounts[0].generate.firstExtensionNumber is taken: accounts[0].users[0].extensionNumber has 101 already; give each its own',
      '12:16 jwtCredentials[0].username is no user of this scenario',
      '12:53 jwtCredentials[0].clientIds[0] names no app of this scenario: nobody',
      '14:51 faults[0].action.drop does not go with a status: nobody would see it',
      '16:17 latencies[0].maxMs is less than minMs, which is 5',
    ]);
  });

  test.each([
    ['a: [1', /is not YAML/],
    ['apps: []\napps: []', /2:1: is not YAML: Map keys must be unique/],
    ['a: *nothing', /is not YAML/],
    ['- 1', /must be object/],
    ['just words', /must be object/],
  ])('%j is refused, and nothing is thrown but that', (content, message) => {
    expect(() => readScenario(file(content))).toThrow(ScenarioWrong);
    expect(() => readScenario(file(content))).toThrow(message);
  });

  test('a bomb of aliases does not fill the memory', () => {
    const levels = Array.from(
      { length: 12 },
      (_level, index) => `a${index}: &a${index} [${Array.from({ length: 9 }, () => (index === 0 ? 'x' : `*a${index - 1}`)).join(', ')}]`,
    );

    expect(() => readScenario(file(levels.join('\n')))).toThrow(ScenarioWrong);
  });

  test('a file that is not there, and a folder, are said so', () => {
    expect(() => readScenario('no/such/file.yaml')).toThrow('no/such/file.yaml: there is no such file');
    expect(() => readScenario(temporaryFolder())).toThrow(/cannot be read/);
  });

  test('an object has no lines; the fault names its field', async () => {
    const scenario = { apps: [{ clientId: 1 }] } as unknown as Scenario;

    await expect(startSandbox({ scenario })).rejects.toThrow(
      'the scenario has 2 mistakes:\n  apps[0].permissions is missing; add it\n  apps[0].clientId must be string; put it in quotes',
    );
  });

  test('every mistake of a long file is said, not the first eight', () => {
    const apps = Array.from({ length: 50 }, () => ({ clientId: 5, permissions: [] }));

    expect(faultsOf(file(JSON.stringify({ apps })))).toHaveLength(50);
  });

  test('an order of many users says once what is wrong with them all', () => {
    const generate = '{ count: 500, password: p, email: same@example.com, directNumber: "{n}" }';

    expect(faultsOf(file(`accounts:\n  - { mainNumber: "+15555550100", generate: ${generate} }\n`))).toEqual([
      '2:72 accounts[0].generate.email is taken: accounts[0].generate.email has same@example.com already; give each its own',
      '2:97 accounts[0].generate.directNumber gives 1001, which is no phone number with + and country code',
    ]);
  });
});

function faultsOf(path: string): string[] {
  try {
    readScenario(path);
    return [];
  } catch (error) {
    return (error as ScenarioWrong).faults.map(({ line, column, field, fault }) => `${line}:${column} ${field} ${fault}`);
  }
}

function file(content: string): string {
  const path = join(temporaryFolder(), 'scenario.yaml');
  writeFileSync(path, content);
  return path;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-scenario-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
