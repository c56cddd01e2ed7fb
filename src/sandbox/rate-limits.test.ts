import { describe, expect, test } from 'vitest';
import { ACCOUNT, APP, codes, EXTENSION, FRONT_DESK, OTHER_APP, outside, type Reply, RING_OUT, TOKEN } from '../../test/sandbox-world.ts';

const CALL = { to: { phoneNumber: '+16505551230' } };

function limitsOf({ headers }: Reply): unknown[] {
  return ['group', 'limit', 'remaining', 'window'].map((name) => headers[`x-rate-limit-${name}`]);
}

async function repeat(times: number, work: () => Promise<Reply>): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (let count = 0; count < times; count += 1) replies.push(await work());
  return replies;
}

describe('rate limits', () => {
  test.each([
    ['light', 50, ({ get, token }: World) => get(EXTENSION, token)],
    ['heavy', 10, ({ postJson, token }: World) => postJson(RING_OUT, CALL, token)],
  ])('group %s: %i a minute, for each user and app', async (group, limit, ask) => {
    const world = await signedIn();

    const answers = await repeat(limit + 1, () => ask(world));

    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: limit }, () => 200), 429]);
    expect(limitsOf(answers[0]!)).toEqual([group, String(limit), String(limit - 1), '60']);
    expect(limitsOf(answers[limit - 1]!)).toEqual([group, String(limit), '0', '60']);
    expect(limitsOf(answers[limit]!)).toEqual([group, String(limit), '0', '60']);
  });

  test('a rejection says so as the platform does', async () => {
    const world = await signedIn();

    const [rejected] = (await repeat(11, () => world.postJson(RING_OUT, CALL, world.token))).slice(-1);

    expect(rejected!.headers['retry-after']).toBe('60');
    expect(rejected!.json).toEqual({
      errorCode: 'CMN-301',
      message: 'Request rate exceeded',
      errors: [{ errorCode: 'CMN-301', message: 'Request rate exceeded' }],
    });
  });

  test('the window slides: what is a minute old no longer counts', async () => {
    const world = await signedIn();
    const place = () => world.postJson(RING_OUT, CALL, world.token);
    await repeat(5, place);
    await world.sandbox.advance(30_000);
    await repeat(5, place);

    await world.sandbox.advance(30_000);
    const answers = await repeat(6, place);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test('a request counts for a whole minute', async () => {
    const world = await signedIn();
    await repeat(10, () => world.postJson(RING_OUT, CALL, world.token));

    await world.sandbox.advance(59_999);

    expect((await world.postJson(RING_OUT, CALL, world.token)).status).toBe(429);
  });

  test('each rejected request starts the penalty anew', async () => {
    const world = await signedIn();
    const place = async () => (await world.postJson(RING_OUT, CALL, world.token)).status;
    await repeat(10, () => world.postJson(RING_OUT, CALL, world.token));

    const statuses = [await place()];
    for (const ms of [59_999, 59_999, 60_000]) {
      await world.sandbox.advance(ms);
      statuses.push(await place());
    }

    expect(statuses).toEqual([429, 429, 429, 200]);
  });

  test('groups, users and apps do not share a limit; operations of one group do', async () => {
    const world = await signedIn();
    const otherApp = await world.signIn({}, OTHER_APP);
    const otherUser = (await world.postForm(TOKEN, { grant_type: 'password', username: '15556090455', password: 'qwerty' })).json;
    await repeat(50, () => world.get(EXTENSION, world.token));

    const shared = await world.get(ACCOUNT, world.token);
    const others = [
      await world.get(ACCOUNT, otherApp.access_token),
      await world.get(ACCOUNT, String(otherUser.access_token)),
      await world.postJson(RING_OUT, CALL, world.token),
    ];

    expect(shared.status).toBe(429);
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('Auth: five a minute for the whole app, tokens and revocations and refused attempts together', async () => {
    const { postForm } = await outside({ limited: true });

    const answers = [
      await postForm(TOKEN, FRONT_DESK),
      await postForm(TOKEN, { ...FRONT_DESK, password: 'wrong' }),
      await postForm(TOKEN, { grant_type: 'password', username: '15556090455', password: 'qwerty' }),
      await postForm('/restapi/oauth/revoke', { token: 'rubbish' }),
      await postForm(TOKEN, { grant_type: 'refresh_token', refresh_token: 'rubbish' }),
      await postForm(TOKEN, FRONT_DESK),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 400, 200, 200, 400, 429]);
    expect(answers.map(({ headers }) => headers['x-rate-limit-remaining'])).toEqual(['4', '3', '2', '1', '0', '0']);
    expect(limitsOf(answers[0]!)).toEqual(['auth', '5', '4', '60']);
    expect(codes(answers[5]!)).toEqual([429, 'CMN-301', 'CMN-301']);
    expect((await postForm(TOKEN, FRONT_DESK, OTHER_APP)).status).toBe(200);
  });

  test('a token request that is rejected issues nothing', async () => {
    const { sandbox, postForm } = await outside({ limited: true });
    await repeat(5, () => postForm(TOKEN, { ...FRONT_DESK, password: 'wrong' }));

    await postForm(TOKEN, FRONT_DESK);

    expect(sandbox.state().sessions).toEqual([]);
  });

  test('a request that shows no app or no token counts for nobody', async () => {
    const { postForm, ask } = await outside({ limited: true });

    const strangers = [...(await repeat(6, () => postForm(TOKEN, FRONT_DESK, 'YourAppKey:wrong'))), ...(await repeat(51, () => ask(ACCOUNT)))];

    expect(new Set(strangers.map(({ status }) => status))).toEqual(new Set([400, 401]));
    expect(strangers.some(({ headers }) => 'x-rate-limit-group' in headers)).toBe(false);
    expect((await postForm(TOKEN, FRONT_DESK, APP)).status).toBe(200);
  });

  test('a scale multiplies them, and 0 switches them off', async () => {
    const { sandbox, postForm } = await outside({ limited: true });
    const remaining = async () => {
      const { status, headers } = await postForm(TOKEN, FRONT_DESK);
      return [status, headers['x-rate-limit-remaining']];
    };
    const seen: unknown[] = [];

    for (const scale of [2, 0.5, 0.01, 0, 1]) {
      await sandbox.setLimits({ scale });
      seen.push(await remaining());
    }

    expect(seen).toEqual([
      [200, '9'],
      [200, '1'],
      [200, '0'],
      [200, undefined],
      [200, '4'],
    ]);
  });

  test('setting the scale ends a penalty', async () => {
    const { sandbox, postForm } = await outside({ limited: true });
    await repeat(6, () => postForm(TOKEN, FRONT_DESK));

    await sandbox.setLimits({ scale: 1 });

    expect((await postForm(TOKEN, FRONT_DESK)).status).toBe(200);
  });
});

type World = Awaited<ReturnType<typeof signedIn>>;

async function signedIn() {
  const world = await outside({ limited: true });
  return { ...world, token: (await world.signIn()).access_token };
}
