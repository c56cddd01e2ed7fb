import { describe, expect, test } from 'vitest';
import { FAILED } from '../../src/legacy/ringout/failed.ts';
import { go, jquery, page, php, ruby } from './old-clients.ts';
import { forwarding, LOGIN, platformAnswer, refusal, ringOutAnswer, world } from './world.ts';

const CALL = `cmd=call&${LOGIN}&to=6505551230&from=6505551231`;
const ERRORS = Object.values(FAILED);

/** A world in which session 18 is a call under way. */
async function worldWithCall() {
  const made = world();
  await made.ask(CALL);
  return made;
}

describe('client 1, the Ruby program', () => {
  test('lists, also labels that it would have lost', async () => {
    const { ask, platform } = world();
    platform.numbers = [forwarding('+16505550100', 'Home'), forwarding('+16505550101', 'Home'), forwarding('+16505550102', ';', { type: '' })];

    expect([...ruby.list(await ask(`cmd=list&${LOGIN}`))]).toEqual([
      ['Home', '6505550100'],
      ['Home 2', '6505550101'],
      ['6505550102', '6505550102'],
    ]);
  });

  test('lists nothing where there is nothing', async () => {
    const { ask, platform } = world();
    platform.numbers = [];

    expect(ruby.list(await ask(`cmd=list&${LOGIN}`)).size).toBe(0);
  });

  test('calls by POST, with an empty ext, and hands back id and WS', async () => {
    const { ask } = world();

    const call = ruby.call(await ask('', 'cmd=call&username=8889363711&password=1234&ext=&to=6505551230&from=6505551231&clid=&prompt=1'));

    expect(call).toEqual({ id: '18', ws: '3' });
    expect(ruby.status(await ask('', `cmd=status&sessionid=${call.id}&ws=${call.ws}`))).toEqual({ general: 1, destination: 1, callback: 1 });
    expect(ruby.cancel(await ask('', `cmd=cancel&sessionid=${call.id}&ws=${call.ws}`))).toBe('18');
  });

  test.each([
    ['answered by the caller', ringOutAnswer('InProgress', 'Success', 'InProgress'), { general: 1, destination: 1, callback: 0 }],
    ['talking', ringOutAnswer('Success', 'Success', 'Success'), { general: 0, destination: 0, callback: 0 }],
    ['rejected by the caller', ringOutAnswer('CannotReach', 'Rejected', 'GenericError'), { general: 4, destination: 5, callback: 4 }],
    ['over', refusal(404, 'CMN-102'), 'completed'],
  ])('follows a call that is %s', async (_what, answer, seen) => {
    const { ask, platform } = await worldWithCall();
    platform.next.push(answer);

    expect(ruby.status(await ask('cmd=status&sessionid=18'))).toEqual(seen);
  });

  test.each(ERRORS)('raises with the whole of %j', (body) => {
    expect(() => ruby.call(body)).toThrow(body);
    expect(() => ruby.list(body)).toThrow(body);
    expect(() => ruby.status(body)).toThrow(body);
  });
});

describe('client 3, the PHP program', () => {
  test('lists in pairs, and does not stumble over an empty list', async () => {
    const { ask, platform } = world();
    expect(php.list(await ask(`cmd=list&${LOGIN}`))).toEqual([
      ['6505553711', 'Home'],
      ['6505551550', 'Business'],
      ['6505551233', 'Mobile'],
    ]);

    platform.next.push(platformAnswer(200, { records: [] }));
    expect(() => php.list('OK')).toThrow('Undefined offset');
    await expect(ask(`cmd=list&${LOGIN}`).then(php.list)).resolves.toEqual([['', '']]);
  });

  test('rule 8: casts the highest id to int and finds its call again', async () => {
    const { ask, drawn } = world();
    drawn.unshift(2_147_483_647);

    const call = php.call(await ask(`${CALL}&clid=6505551231&prompt=0`));

    expect(call).toEqual({ id: 2_147_483_647, ws: 3 });
    expect(php.status(await ask(`cmd=status&sessionid=${call.id}`))).toEqual(['1', '6505551230', '1', '6505551231', '1']);
    expect(php.cancel(await ask(`cmd=cancel&sessionid=${call.id}`))).toBe('2147483647');
  });

  test.each(ERRORS)('shows what follows the first word of %j', (body) => {
    expect(php.error(body)).toBe(body.slice('FAILED '.length));
  });
});

describe('client 5, the repair shop', () => {
  test('rule 3: calls without ext and prompt, the same in query and body, and hangs up from a browser', async () => {
    const { ask, platform } = world();
    const form = 'cmd=call&username=18889363711&password=1234&to=6505551230&from=6505551231';

    const id = jquery.call(await ask(form, form));

    expect(id).toBe('18');
    expect(await ask(`cmd=cancel&sessionid=${id}`)).toBe('OK 18');
    expect(platform.requests).toHaveLength(2);
  });

  test('its first links name no number to start from', async () => {
    const { ask } = world();

    expect(jquery.call(await ask('cmd=call&username=18889363711&password=1234&to=6505551230'))).toBe('18');
  });

  test('does not trim, so nothing may follow the last word', async () => {
    const { ask } = await worldWithCall();

    for (const body of [await ask(CALL), await ask('cmd=cancel&sessionid=18'), ...ERRORS]) expect(body).not.toMatch(/\s$/);
  });
});

describe('client 6, the page', () => {
  test('takes id and WS, and polls with parameters that nobody knows', async () => {
    const { ask } = world();

    const call = page.call(await ask(CALL));

    expect(call).toEqual({ id: '18', ws: '3' });
    expect(await ask('cmd=status&sessionid=18&WS=3&t=1700000000')).toBe('OK 18 1;6505551230;1;6505551231;1');
  });

  test.each(ERRORS)('rule 13: writes %j into its page without harm', (body) => {
    expect(page.call(body)).toEqual({ html: body });
    expect(body).not.toMatch(/[<>&"']/);
  });
});

describe('client 7, the Go program', () => {
  test('rule 8: takes exactly three words', async () => {
    const { ask } = world();

    expect(go.call(await ask(`cmd=call&${CALL}`))).toEqual({ status: 'OK', id: '18', ws: '3' });
  });

  test('rule 2: its newer version says extension, and cmd twice', async () => {
    const { ask, logins } = world();

    await ask(`cmd=call&cmd=call&extension=101&username=18889363711&password=1234&to=16505551230&from=16505551231`);

    expect(logins).toEqual([{ username: '18889363711', extension: '101', password: '1234' }]);
  });

  test('its newer version forgets the password', async () => {
    const { ask } = world();

    const body = await ask('cmd=call&extension=101&username=18889363711&to=16505551230&from=16505551231');

    expect(body).toBe('FAILED Invalid User or Password');
  });

  test.each(ERRORS)('does not take %j for a call', (body) => {
    expect(go.call(body).status).not.toBe('OK');
  });
});
