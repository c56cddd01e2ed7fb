import { describe, expect, test } from 'vitest';
import { codes, OTHER_APP, outside, RING_OUT, TOKEN } from '../../../test/sandbox-world.ts';

const GOOD = '+16505551230';

/** Places a call as front-desk, and looks at it over the sandbox's time. */
async function calling({ from = '+16505551231', to = GOOD }: { from?: string; to?: string } = {}) {
  const world = await outside();
  const { access_token } = await world.signIn();
  const placed = await world.postJson(RING_OUT, { from: { phoneNumber: from }, to: { phoneNumber: to } }, access_token);
  const path = `${RING_OUT}/${placed.json.id}`;
  let ageMs = 0;
  return {
    ...world,
    token: access_token,
    placed,
    path,
    /** call, caller, callee, at an age in seconds */
    at: async (seconds: number) => {
      await world.sandbox.advance(seconds * 1_000 - ageMs);
      ageMs = seconds * 1_000;
      const { status, json } = await world.get(path, access_token);
      const { callStatus, callerStatus, calleeStatus } = (json.status ?? {}) as Record<string, string>;
      return status === 200 ? [callStatus, callerStatus, calleeStatus] : [status];
    },
    cancel: () => world.ask(path, { method: 'DELETE', headers: { authorization: `Bearer ${access_token}` } }),
  };
}

describe('a RingOut', () => {
  test('is answered by the caller after 2 s, by the callee after 4, is finished after 60 and gone after 70', async () => {
    const { at } = await calling();

    expect(await at(0)).toEqual(['InProgress', 'InProgress', 'InProgress']);
    expect(await at(1.999)).toEqual(['InProgress', 'InProgress', 'InProgress']);
    expect(await at(2)).toEqual(['InProgress', 'Success', 'InProgress']);
    expect(await at(3.999)).toEqual(['InProgress', 'Success', 'InProgress']);
    expect(await at(4)).toEqual(['Success', 'Success', 'Success']);
    expect(await at(59.999)).toEqual(['Success', 'Success', 'Success']);
    expect(await at(60)).toEqual(['Success', 'Finished', 'Finished']);
    expect(await at(69.999)).toEqual(['Success', 'Finished', 'Finished']);
    expect(await at(70)).toEqual([404]);
  });

  test.each([
    ['0001', 'Busy', 4],
    ['0002', 'NoAnswer', 20],
    ['0003', 'Rejected', 4],
    ['0004', 'GenericError', 4],
    ['0005', 'DestinationBlocked', 4],
    ['0006', 'InternationalDisabled', 4],
  ])('a callee whose number ends in %s: %s, and the caller stays on the line', async (ending, failure, afterSeconds) => {
    const { at } = await calling({ to: `+1650555${ending}` });

    expect(await at(2)).toEqual(['InProgress', 'Success', 'InProgress']);
    expect(await at(afterSeconds - 0.001)).toEqual(['InProgress', 'Success', 'InProgress']);
    expect(await at(afterSeconds)).toEqual(['CannotReach', 'Success', failure]);
    expect(await at(60)).toEqual(['CannotReach', 'Finished', failure]);
    expect(await at(70)).toEqual([404]);
  });

  test.each([
    ['0001', 'Busy', 2],
    ['0002', 'NoAnswer', 20],
    ['0003', 'Rejected', 2],
    ['0004', 'GenericError', 2],
    ['0005', 'DestinationBlocked', 2],
    ['0006', 'InternationalDisabled', 2],
  ])('a caller whose number ends in %s: %s, and the callee is never dialled', async (ending, failure, afterSeconds) => {
    const { at } = await calling({ from: `+1650555${ending}`, to: '+16505550001' });

    expect(await at(afterSeconds - 0.001)).toEqual(['InProgress', 'InProgress', 'InProgress']);
    expect(await at(afterSeconds)).toEqual(['CannotReach', failure, 'GenericError']);
    expect(await at(69)).toEqual(['CannotReach', failure, 'GenericError']);
    expect(await at(70)).toEqual([404]);
  });

  test('has an id as the platform makes them, unpadded base64, and a link to itself', async () => {
    const { sandbox, placed } = await calling();

    const { id, uri, status } = placed.json as { id: string; uri: string; status: unknown };

    expect(placed.status).toBe(200);
    expect(Buffer.from(id, 'base64').toString()).toMatch(/^cs\d{18}@10\.62\.24\.238$/);
    expect(id).toMatch(/^[A-Za-z0-9]+$/);
    expect(uri).toBe(`${sandbox.origin}/restapi/v1.0/account/403140004/extension/403141004/ring-out/${id}`);
    expect(status).toEqual({ callStatus: 'InProgress', callerStatus: 'InProgress', calleeStatus: 'InProgress' });
  });

  test('is seen by its user through any app, and by nobody else', async () => {
    const { path, signIn, get, postForm } = await calling();
    const otherApp = await signIn({}, OTHER_APP);
    const { json: otherUser } = await postForm(TOKEN, { grant_type: 'password', username: '15556090455', password: 'qwerty' });

    expect((await get(path, otherApp.access_token)).status).toBe(200);
    const refused = await get(path, String(otherUser.access_token));
    expect(codes(refused)).toEqual([404, 'InvalidParameter', 'CMN-102']);
    expect(refused.json.parameterName).toBe('ringOutId');
  });
});

describe('cancelling a RingOut', () => {
  test.each([[0], [2], [3.999]])('ends it at %d s, before the two are connected', async (seconds) => {
    const { at, cancel } = await calling();
    await at(seconds);

    const answer = await cancel();

    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await at(seconds)).toEqual([404]);
  });

  test('is refused once they are, and the call goes on', async () => {
    const { at, cancel } = await calling();
    await at(4);

    const answer = await cancel();

    expect(codes(answer)).toEqual([400, 'InvalidParameter', 'CMN-101']);
    expect(await at(4)).toEqual(['Success', 'Success', 'Success']);
  });

  test('finds nothing that is gone', async () => {
    const { at, cancel } = await calling();
    await at(70);

    expect(codes(await cancel())).toEqual([404, 'InvalidParameter', 'CMN-102']);
  });
});

describe('placing a RingOut', () => {
  const post = async (body: unknown) => {
    const { signIn, postJson } = await outside();
    return postJson(RING_OUT, body, (await signIn()).access_token);
  };

  test.each([
    ['as people write them', { from: { phoneNumber: '(650) 555-1231' }, to: { phoneNumber: '650.555.1230' } }],
    ['from a forwarding number', { from: { forwardingNumberId: '403143004' }, to: { phoneNumber: GOOD } }],
    ['to an extension', { to: { phoneNumber: '102' } }],
    ['showing the main number', { to: { phoneNumber: GOOD }, callerId: { phoneNumber: '8889363711' } }],
    ['showing a number of its own', { to: { phoneNumber: GOOD }, callerId: { phoneNumber: '+16505550101' } }],
    ['with all there is', { from: { phoneNumber: '+16505551231' }, to: { phoneNumber: GOOD }, callerId: null, playPrompt: true, country: { id: '1' } }],
  ])('numbers %s are taken', async (_what, body) => {
    expect((await post(body)).status).toBe(200);
  });

  test('the numbers are kept in E.164; without `from` it is the first forwarding number', async () => {
    const { sandbox, signIn, postJson } = await outside();
    const { access_token } = await signIn();

    await postJson(RING_OUT, { to: { phoneNumber: '(650) 555-1230' } }, access_token);
    await postJson(RING_OUT, { from: { forwardingNumberId: 403_143_004 }, to: { phoneNumber: '+44 20 7946 0958' } }, access_token);

    expect(sandbox.state().ringOuts).toMatchObject([
      { from: '+16505553711', to: '+16505551230' },
      { from: '+16505551550', to: '+442079460958' },
    ]);
  });

  test.each([
    ['nothing', {}, 'to'],
    ['no `to`', { from: { phoneNumber: GOOD } }, 'to'],
    ['`to` as text', { to: GOOD }, 'to'],
    ['`to` without a number', { to: {} }, 'to.phoneNumber'],
    ['`from` without a number', { from: {}, to: { phoneNumber: GOOD } }, 'from.phoneNumber'],
    ['`from` as text', { from: GOOD, to: { phoneNumber: GOOD } }, 'from'],
    ["another's forwarding number", { from: { forwardingNumberId: '1110476004' }, to: { phoneNumber: GOOD } }, 'from.forwardingNumberId'],
    ['a caller ID without a number', { to: { phoneNumber: GOOD }, callerId: {} }, 'callerId.phoneNumber'],
    ['a prompt that is neither', { to: { phoneNumber: GOOD }, playPrompt: 'yes' }, 'playPrompt'],
  ])('%s: CMN-101 names the parameter', async (_what, body, parameterName) => {
    const answer = await post(body);

    expect(codes(answer)).toEqual([400, 'InvalidParameter', 'CMN-101']);
    expect(answer.json).toMatchObject({ parameterName, message: `Parameter [${parameterName}] value is invalid`, errors: [{ parameterName }] });
  });

  test('no `from` and no forwarding number: CMN-101 names `from`', async () => {
    const { postForm, postJson } = await outside();
    const { json } = await postForm(TOKEN, { grant_type: 'password', username: '18559100010', extension: '101', password: '121212' });

    const answer = await postJson(RING_OUT, { to: { phoneNumber: GOOD } }, String(json.access_token));

    expect(codes(answer)).toEqual([400, 'InvalidParameter', 'CMN-101']);
    expect(answer.json.parameterName).toBe('from');
  });

  test.each([
    ['to', 'TEL-109'],
    ['from', 'TEL-108'],
  ])('a number in `%s` that is none: %s', async (party, code) => {
    const good = { from: { phoneNumber: GOOD }, to: { phoneNumber: GOOD } };

    const answers = await Promise.all(
      ['', 'abc', '12', '1234567', '1234567890123456', '650555abcd'].map((phoneNumber) => post({ ...good, [party]: { phoneNumber } })),
    );

    expect(answers.map(codes)).toEqual(answers.map(() => [400, code, code]));
  });

  test.each([['+16505553711'], ['+16505550102'], ['nonsense']])("a caller ID that is not the user's: %s, TEL-107", async (phoneNumber) => {
    expect(codes(await post({ to: { phoneNumber: GOOD }, callerId: { phoneNumber } }))).toEqual([400, 'TEL-107', 'TEL-107']);
  });

  test.each([
    ['no JSON', 'application/json', '{"to":', [400, 'CMN-103']],
    ['an empty body', 'application/json', '', [400, 'CMN-103']],
    ['JSON that is no object', 'application/json', '[]', [400, 'CMN-104']],
    ['a form', 'application/x-www-form-urlencoded', 'to=1', [415, 'CMN-103']],
  ])('%s is refused with the error that the platform has for it', async (_what, type, body, expected) => {
    const { sandbox, signIn, ask } = await outside();
    const { access_token } = await signIn();

    const answer = await ask(RING_OUT, { method: 'POST', headers: { 'content-type': type, authorization: `Bearer ${access_token}` }, body });

    expect([answer.status, answer.json.errorCode]).toEqual(expected);
    expect(sandbox.state().ringOuts).toEqual([]);
  });
});
