import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClientNotFound, ConnectionNotFound, GrantDead, PlatformBusy, PlatformUnreachable, PolicyForbids, StoreUnavailable } from '../../src/domain/errors.ts';
import { FAILED } from '../../src/legacy/ringout/failed.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { FORWARDING_NUMBER, forwarding, LOGIN, NOW, platformAnswer, RING_OUT, RING_OUT_ID, refusal, ringOutAnswer, world } from './world.ts';

const HOUR_MS = 60 * 60 * 1_000;
const CALL = `cmd=call&${LOGIN}&to=6505551230&from=6505551231`;
const UNREACHABLE = new PlatformUnreachable('https://platform.example', undefined);
const BUSY = new PlatformBusy('Heavy', 60_000);

/** A world in which session 18 is a call under way. */
async function worldWithCall(...more: Parameters<typeof world>) {
  const made = world(...more);
  await made.ask(CALL);
  made.platform.requests.length = 0;
  made.lines.length = 0;
  made.permitted.length = 0;
  return made;
}

describe('the documented examples, byte for byte', () => {
  test('list', async () => {
    const { ask } = world();

    expect(await ask(`cmd=list&${LOGIN}`)).toBe('OK 6505553711;Home;6505551550;Business;6505551233;Mobile');
  });

  test('call, as a form with other spellings', async () => {
    const { ask } = world();

    expect(await ask('', 'Cmd=call&Username=8889363711&Password=1234&To=(650) 555-1230&From=650-555-1231')).toBe('OK 18 3');
  });

  test.each([
    ['InProgress x 3', ringOutAnswer(), 'OK 18 1;6505551230;1;6505551231;1'],
    ['caller Success', ringOutAnswer('InProgress', 'Success', 'InProgress'), 'OK 18 1;6505551230;1;6505551231;0'],
    ['all Success', ringOutAnswer('Success', 'Success', 'Success'), 'OK 18 0;6505551230;0;6505551231;0'],
    ['CannotReach, callee Busy', ringOutAnswer('CannotReach', 'Success', 'Busy'), 'OK 18 2;6505551230;2;6505551231;0'],
    ['both Finished', ringOutAnswer('Success', 'Finished', 'Finished'), 'OK 18 '],
    ['404', refusal(404, 'CMN-102'), 'OK 18 '],
  ])('status: %s', async (_what, answer, body) => {
    const { ask, platform } = await worldWithCall();
    platform.next.push(answer);

    expect(await ask('cmd=status&sessionid=18')).toBe(body);
  });

  test('status of an id that nobody has', async () => {
    const { ask, platform } = world();

    expect(await ask('cmd=status&sessionid=999999')).toBe('OK 999999 ');
    expect(platform.requests).toEqual([]);
  });

  test.each([
    ['204', platformAnswer(204)],
    ['404', refusal(404, 'CMN-102')],
    ['refused', refusal(403, 'CMN-401')],
    ['unreachable', UNREACHABLE],
  ])('cancel: %s', async (_what, answer) => {
    const { ask, platform } = await worldWithCall();
    platform.next.push(answer);

    expect(await ask('cmd=cancel&sessionid=18')).toBe('OK 18');
    expect(platform.asked).toEqual([`DELETE ${RING_OUT}/${RING_OUT_ID}`]);
  });

  test('a call with a wrong password, whatever else is missing', async () => {
    const { ask } = world();

    expect(await ask('cmd=call&username=18889363711&ext=101&password=9999')).toBe('FAILED Invalid User or Password');
  });
});

describe('RingOutApi', () => {
  test('rule 3: without an extension, an empty one or 0, the login is the main one', async () => {
    for (const ext of ['', '&ext=', '&ext=0']) {
      const { ask, logins, permitted } = world();

      const body = await ask(`cmd=list&username=18889363711&password=1234${ext}`);

      expect(body).toMatch(/^OK /);
      expect(logins).toEqual([{ username: '18889363711', extension: '', password: '1234' }]);
      expect(permitted[0]).toMatchObject({ client: 'crm', connection: 'front-desk' });
    }
  });

  test('rule 3: an extension behind the user name leads to its Connection', async () => {
    const { ask, permitted } = world();

    await ask('cmd=list&username=18889363711*102&password=5678');

    expect(permitted[0]).toMatchObject({ connection: 'back-office' });
  });

  test('rule 4: without prompt there is none, without clid no caller ID is sent', async () => {
    const { ask, platform } = world();

    await ask(CALL);

    expect(platform.requests.map(({ json }) => json)).toEqual([
      { from: { phoneNumber: '+16505551231' }, to: { phoneNumber: '+16505551230' }, playPrompt: false },
    ]);
  });

  test('rule 4: prompt is asked for by 1 only', async () => {
    const { ask, platform } = world();

    for (const prompt of ['1', ' 1', '0', '', 'true', '11']) await ask(`${CALL}&prompt=${prompt}`);

    expect(platform.requests.map(({ json }) => (json as { playPrompt: boolean }).playPrompt)).toEqual([true, true, false, false, false, false]);
  });

  test('rule 4: without from the call starts at the first number that calls are forwarded to', async () => {
    const { ask, platform, sessions } = world();
    platform.numbers = [forwarding('+16505550100', 'Flip', { features: ['CallFlip'] }), forwarding('', 'App'), forwarding('+16505550101', 'Desk')];

    expect(await ask(`cmd=call&${LOGIN}&to=6505551230`)).toBe('OK 18 3');

    expect(platform.asked).toEqual([`GET ${FORWARDING_NUMBER}`, `POST ${RING_OUT}`]);
    expect(platform.requests[1]?.json).toMatchObject({ from: { phoneNumber: '+16505550101' } });
    expect(sessions.sessions[0]?.from).toBe('6505550101');
  });

  test('rule 4: without from, and without such a number, nothing is placed', async () => {
    const { ask, platform } = world();
    platform.numbers = [];

    expect(await ask(`cmd=call&${LOGIN}&to=6505551230&from=`)).toBe('FAILED Invalid Phone Number');
    expect(platform.asked).toEqual([`GET ${FORWARDING_NUMBER}`]);
  });

  test.each([
    ['400 TEL-107', refusal(400, 'TEL-107')],
    ['403 TEL-107', refusal(403, 'TEL-107')],
    ['403 RNG-102', refusal(403, 'RNG-102')],
  ])('rule 4: a refused caller ID is left out the second time: %s', async (_what, refused) => {
    const { ask, platform } = world();
    platform.next.push(refused);

    expect(await ask(`${CALL}&clid=8889363711`)).toBe('OK 18 3');

    const [first, second, ...others] = platform.requests.map(({ json }) => json);
    expect(first).toMatchObject({ callerId: { phoneNumber: '+18889363711' } });
    expect(second).toEqual({ from: { phoneNumber: '+16505551231' }, to: { phoneNumber: '+16505551230' }, playPrompt: false });
    expect(others).toEqual([]);
  });

  test('rule 4: a caller ID that is refused twice is told, and not tried a third time', async () => {
    const { ask, platform } = world();
    platform.next.push(refusal(400, 'TEL-107'), refusal(400, 'TEL-107'));

    expect(await ask(`${CALL}&clid=8889363711`)).toBe('FAILED Invalid Caller ID');
    expect(platform.requests).toHaveLength(2);
  });

  test('rule 4: a caller ID refusal of a call without one is told at once', async () => {
    const { ask, platform } = world();
    platform.next.push(refusal(400, 'TEL-107'));

    expect(await ask(CALL)).toBe('FAILED Invalid Caller ID');
    expect(platform.requests).toHaveLength(1);
  });

  test('a call is not sent again after any other failure', async () => {
    for (const failure of [UNREACHABLE, BUSY, refusal(500, 'CMN-201'), refusal(403, 'CMN-401'), refusal(401, 'OAU-129'), platformAnswer(200, 'no JSON')]) {
      const { ask, platform } = world();
      platform.next.push(failure);

      expect(await ask(`${CALL}&clid=8889363711`)).toMatch(/^FAILED /);
      expect(platform.requests).toHaveLength(1);
    }
  });

  test('rule 5: numbers are cleaned, and remembered as the old service printed them', async () => {
    const { ask, platform, sessions } = world();

    await ask(`cmd=call&${LOGIN}&to=011442079460958&from=(650)+555-1231&clid=+18889363711`);

    expect(platform.requests[0]?.json).toEqual({
      from: { phoneNumber: '+16505551231' },
      to: { phoneNumber: '+442079460958' },
      callerId: { phoneNumber: '+18889363711' },
      playPrompt: false,
    });
    expect(sessions.sessions[0]).toMatchObject({ to: '+442079460958', from: '6505551231' });
  });

  test('rule 5: the default country is configurable', async () => {
    const { ask, platform } = world({ country: 'GB' });

    await ask('cmd=call&username=18889363711&ext=101&password=1234&to=02079460958&from=02079460959');

    expect(platform.requests[0]?.json).toMatchObject({ to: { phoneNumber: '+442079460958' } });
  });

  test.each(['', 'to=&', 'to=12&', 'to=six&'])('a missing or unreadable number is told, and nothing is asked: %j', async (to) => {
    const { ask, platform } = world();

    expect(await ask(`cmd=call&${LOGIN}&${to}from=6505551231`)).toBe('FAILED Invalid Phone Number');
    expect(platform.requests).toEqual([]);
  });

  test('an unreadable from is told, and not replaced by another', async () => {
    const { ask, platform } = world();

    expect(await ask(`cmd=call&${LOGIN}&to=6505551230&from=home`)).toBe('FAILED Invalid Phone Number');
    expect(platform.requests).toEqual([]);
  });

  test('an unreadable caller ID is left out', async () => {
    const { ask, platform } = world();

    expect(await ask(`${CALL}&clid=Front+Desk`)).toBe('OK 18 3');
    expect(platform.requests[0]?.json).not.toHaveProperty('callerId');
  });

  test.each(['to=911&from=6505551231', 'to=9-1-1&from=6505551231', 'to=6505551230&from=911', 'to=900-555-0100&from=6505551231'])(
    'rule 6: refused numbers are not called, from neither end: %s',
    async (numbers) => {
      const { ask, platform } = world({ refusedNumbers: ['911', '411', '+19005550100'] });

      expect(await ask(`cmd=call&${LOGIN}&${numbers}`)).toBe('FAILED Permission Denied');
      expect(platform.requests).toEqual([]);
    },
  );

  test('rule 6: nothing is refused unless it is configured, and a forwarding number is looked at too', async () => {
    const open = world();
    const closed = world({ refusedNumbers: ['+16505553711'] });

    expect(await open.ask(`cmd=call&${LOGIN}&to=911&from=6505551231`)).toBe('OK 18 3');
    expect(await closed.ask(`cmd=call&${LOGIN}&to=6505551230`)).toBe('FAILED Permission Denied');
    expect(closed.platform.asked).toEqual([`GET ${FORWARDING_NUMBER}`]);
  });

  test('rule 8: the session is stored before the answer, and leads to the platform by either id', async () => {
    const { ask, sessions, platform } = world();

    expect(await ask(`${CALL}&prompt=1`)).toBe('OK 18 3');

    expect(sessions.sessions).toEqual([
      {
        sessionId: 18,
        client: 'crm',
        connection: 'front-desk',
        ringOutId: RING_OUT_ID,
        to: '6505551230',
        from: '6505551231',
        createdAt: NOW,
        expiresAt: NOW + 24 * HOUR_MS,
      },
    ]);
    expect(await ask(`cmd=status&sessionid=${RING_OUT_ID}`)).toBe(`OK ${RING_OUT_ID} 1;6505551230;1;6505551231;1`);
    expect(await ask(`cmd=cancel&sessionid=${RING_OUT_ID}`)).toBe(`OK ${RING_OUT_ID}`);
    expect(platform.asked.slice(1)).toEqual([`GET ${RING_OUT}/${RING_OUT_ID}`, `DELETE ${RING_OUT}/${RING_OUT_ID}`]);
  });

  test('rule 8: a call whose session cannot be stored is given up, and told as failed', async () => {
    const { ask, sessions, platform } = world();
    sessions.createSession = async () => {
      throw new StoreUnavailable('full');
    };

    expect(await ask(CALL)).toBe('FAILED Service Unavailable');
    expect(platform.asked).toEqual([`POST ${RING_OUT}`, `DELETE ${RING_OUT}/${RING_OUT_ID}`]);
  });

  test('rule 9: ids are drawn from all 31 bits', async () => {
    const { ask, bounds } = world();
    const drawn = world({ random: systemRandom });

    await ask(CALL);
    const ids = await Promise.all(Array.from({ length: 50 }, async () => Number((await drawn.ask(CALL)).split(' ')[1])));

    expect(bounds).toEqual([[1, 2_147_483_648]]);
    expect(new Set(ids).size).toBe(50);
    expect(ids.every((id) => Number.isInteger(id) && id >= 1 && id <= 2_147_483_647)).toBe(true);
  });

  test('rule 9: an id that is taken is drawn again', async () => {
    const { ask, drawn, platform } = await worldWithCall();
    drawn.push(18, 18, 77);

    expect(await ask(CALL)).toBe('OK 77 3');
    expect(platform.asked).toEqual([`POST ${RING_OUT}`]);
  });

  test('rule 9: a generator that only gives taken ids is not asked for ever', async () => {
    const { ask, drawn, platform } = await worldWithCall();
    drawn.push(...Array.from({ length: 100 }, () => 18));

    expect(await ask(CALL)).toBe('FAILED Service Unavailable');
    expect(platform.asked.at(-1)).toBe(`DELETE ${RING_OUT}/${RING_OUT_ID}`);
  });

  test('rule 9: an id expires after a day', async () => {
    const { ask, time, platform } = await worldWithCall();

    time.now += 24 * HOUR_MS - 1;
    const before = await ask('cmd=status&sessionid=18');
    time.now += 1;
    const after = await ask('cmd=status&sessionid=18');

    expect([before, after]).toEqual(['OK 18 1;6505551230;1;6505551231;1', 'OK 18 ']);
    expect(platform.requests).toHaveLength(1);
  });

  test.each([
    ['unreachable', UNREACHABLE],
    ['busy', BUSY],
    ['in error', refusal(503, 'CMN-201')],
    ['in need of a sign-in', new GrantDead('front-desk', 'OAU-140')],
  ])('rule 10: a platform that is %s does not make a call look over', async (_what, failure) => {
    const { ask, platform } = await worldWithCall();
    platform.next.push(failure);

    expect(await ask('cmd=status&sessionid=18')).toBe('FAILED Service Unavailable');
  });

  test.each(['cmd=status', 'cmd=status&sessionid=', 'cmd=cancel', 'cmd=cancel&sessionid=%3Cb%3E', 'cmd=status&sessionid=1+2'])(
    'a session id that is missing or none is told: %s',
    async (query) => {
      expect(await world().ask(query)).toBe('FAILED Invalid Session');
    },
  );

  test('rule 10: every id of allowed characters is echoed as it came', async () => {
    const id = fc.stringMatching(/^[A-Za-z0-9_+/=.@-]{1,128}$/);
    const { ask } = world();

    const echoed = async (sessionid: string) => (await ask(new URLSearchParams({ cmd: 'status', sessionid }).toString())) === `OK ${sessionid} `;

    await fc.assert(fc.asyncProperty(id, echoed));
  });

  test('rule 11: cancel is OK for an id that nobody has, and when the database is away', async () => {
    const { ask, sessions, lines } = world();

    expect(await ask('cmd=cancel&sessionid=999999')).toBe('OK 999999');
    sessions.findSession = async () => {
      throw new StoreUnavailable('locked');
    };
    expect(await ask('cmd=cancel&sessionid=18')).toBe('OK 18');
    expect(lines.map(({ fields }) => (fields as { outcome: string }).outcome)).toEqual(['ok', 'store_unavailable']);
  });

  test('rule 12: a list is read to its last page', async () => {
    const { ask, platform } = world();
    platform.next.push(
      platformAnswer(200, { records: [forwarding('+16505550100', 'One')], paging: { page: 1, totalPages: 2 } }),
      platformAnswer(200, { records: [forwarding('+16505550101', 'Two')], paging: { page: 2, totalPages: 2 } }),
    );

    expect(await ask(`cmd=list&${LOGIN}`)).toBe('OK 6505550100;One;6505550101;Two');
    expect(platform.requests.map(({ query }) => query?.page)).toEqual(['1', '2']);
  });

  test('rule 12: pages without end are not read without end', async () => {
    const { ask, platform } = world();
    platform.next.push(...Array.from({ length: 50 }, () => platformAnswer(200, { records: [], paging: { page: 1, totalPages: 99 } })));

    expect(await ask(`cmd=list&${LOGIN}`)).toBe('OK ');
    expect(platform.requests).toHaveLength(10);
  });

  test('rule 13: no FAILED body holds OK or anything that was sent', async () => {
    const texts = new Set<string>(Object.values(FAILED));
    const text = fc.oneof(fc.string(), fc.constantFrom('list', 'call', 'status', 'cancel', 'OK', '<b>', '18889363711', '1234', '101', 'OK 18 3'));
    const parameters = fc.record({ cmd: text, username: text, ext: text, password: text, to: text, from: text, clid: text, sessionid: text });
    const { ask } = world();

    const safe = async (form: Record<string, string>) => {
      const body = await ask(new URLSearchParams(form).toString());
      return body.startsWith('OK ') || texts.has(body);
    };

    await fc.assert(fc.asyncProperty(parameters, safe), { numRuns: 500 });
  });

  test.each(['', 'cmd=', 'cmd=dial', 'cmd=toString', `cmd=lis&${LOGIN}`])('an unknown command is told: %j', async (query) => {
    expect(await world().ask(query)).toBe('FAILED Invalid Command');
  });

  test('a command counts in any case', async () => {
    expect(await world().ask(`cmd=%20LIST&${LOGIN}`)).toMatch(/^OK /);
  });

  test('rule 14: no state is kept but the session: a call made by one program is cancelled by another', async () => {
    const { ask, sessions } = world();
    const elsewhere = world({ sessions });

    await ask(CALL);

    expect(await elsewhere.ask('cmd=cancel&sessionid=18')).toBe('OK 18');
    expect(elsewhere.platform.asked).toEqual([`DELETE ${RING_OUT}/${RING_OUT_ID}`]);
  });

  test('rule 15: the log has one line for a command, and no parameter in it', async () => {
    const { ask, lines } = world();
    const parameters = ['18889363711', '1234', '6505551230', '6505551231', '5550177', 'secret'];

    await ask(`${CALL}&clid=5550177`);
    await ask('cmd=list&username=18889363711&password=secret');
    await ask('cmd=secret');

    expect(lines).toEqual([
      { level: 'info', event: 'ringout', fields: { command: 'call', client: 'crm', connection: 'front-desk', outcome: 'ok' } },
      { level: 'info', event: 'ringout', fields: { command: 'list', client: undefined, connection: undefined, outcome: 'login_unknown' } },
      { level: 'info', event: 'ringout', fields: { command: 'unknown', client: undefined, connection: undefined, outcome: 'invalid_request' } },
    ]);
    for (const parameter of parameters) expect(JSON.stringify(lines)).not.toContain(parameter);
  });

  test('rule 15: an error of our own is logged by name and place, never by its text', async () => {
    const { ask, lines, sessions } = world();
    sessions.findSession = async (id) => {
      throw new TypeError(`cannot read ${id}`);
    };

    expect(await ask('cmd=status&sessionid=5550199')).toBe('FAILED Service Unavailable');

    expect(lines).toMatchObject([
      { level: 'error', fields: { command: 'status', outcome: 'internal', error: 'TypeError', where: expect.stringMatching(/^at /) } },
    ]);
    expect(JSON.stringify(lines)).not.toContain('5550199');
  });

  test('the log tells the platform code, also of a cancel that was answered OK', async () => {
    const { ask, lines, platform } = await worldWithCall();
    platform.next.push(refusal(403, 'CMN-401'));

    await ask('cmd=cancel&sessionid=18');

    expect(lines.map(({ fields }) => fields)).toEqual([
      { command: 'cancel', client: 'crm', connection: 'front-desk', outcome: 'platform_refused', platformCode: 'CMN-401' },
    ]);
  });

  test('the Policy is asked about each platform request, with the caller address', async () => {
    const { ask, permitted, platform } = world();
    platform.next.push(platformAnswer(200, { records: [forwarding('+16505550101', 'Desk')] }), refusal(403, 'TEL-107'));

    await ask(`cmd=call&${LOGIN}&to=6505551230&clid=8889363711`);
    await ask('cmd=status&sessionid=18');
    await ask('cmd=cancel&sessionid=18');

    expect(permitted.map(({ request }) => request)).toEqual(platform.requests);
    expect(permitted.map(({ request }) => `${request.method} ${request.permission}`)).toEqual([
      'GET ReadAccounts',
      'POST RingOut',
      'POST RingOut',
      'GET RingOut',
      'DELETE RingOut',
    ]);
    for (const question of permitted) expect(question).toMatchObject({ client: 'crm', connection: 'front-desk', address: '192.0.2.7' });
  });

  test.each([`cmd=list&${LOGIN}`, CALL, 'cmd=status&sessionid=18'])('what the Policy forbids does not reach the platform: %s', async (query) => {
    const { sessions } = await worldWithCall();
    const { ask, platform } = world({
      sessions,
      access: {
        findLegacyLogin: async () => ({ client: 'crm', connection: 'front-desk' }),
        permit: async () => {
          throw new PolicyForbids('crm', 'permissions', 'front-desk');
        },
      },
    });

    expect(await ask(query)).toBe('FAILED Permission Denied');
    expect(platform.requests).toEqual([]);
  });

  test('a Client that was removed may nothing more; a Connection that was is unavailable', async () => {
    const { ask } = world({
      access: {
        findLegacyLogin: async ({ password }) => {
          throw password === '1' ? new ClientNotFound('crm') : new ConnectionNotFound('front-desk');
        },
        permit: async () => undefined,
      },
    });

    expect(await ask('cmd=list&password=1')).toBe('FAILED Permission Denied');
    expect(await ask('cmd=list&password=2')).toBe('FAILED Service Unavailable');
  });
});
