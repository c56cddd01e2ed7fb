import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ACCOUNT, EXTENSION, outside, sender } from '../../../test/sandbox-world.ts';
import { TWO_USERS } from '../../../test/two-users.ts';

test('what was changed is as it was left after a restart, and as at first after a reset', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sandbox-people-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const options = {
    file: join(directory, 'sandbox.db'),
    data: { ...TWO_USERS, contacts: [{ id: '10000000001', ownerId: '1001', fields: { firstName: 'Known' } }] },
  };
  const start = async () => {
    const world = await outside(options);
    const { access_token } = await world.signIn({ username: '16505550100', extension: '101', password: 'x' }, 'two:users');
    return { ...world, send: sender(world, access_token) };
  };
  const first = await start();
  await first.send('DELETE', `${ACCOUNT}/extension/1002`);
  await first.send('DELETE', `${EXTENSION}/address-book/contact/10000000001`);
  await first.send('POST', `${EXTENSION}/address-book/contact`, { firstName: 'Written' });
  await first.send('PUT', `${EXTENSION}/presence`, { message: 'away' });
  await first.send('PUT', `${ACCOUNT}/business-address`, { company: 'Renamed' });
  await first.ask('/_sandbox/call-log', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"ownerId":"1001","count":3}' });
  await first.send('POST', '/restapi/v1.0/number-pool/reserve', { records: [{ phoneNumber: '+16505550142', reservedTill: '2026-11-22' }] });
  const seen = async ({ send }: Pick<typeof first, 'send'>) => ({
    people: ((await send('GET', `${ACCOUNT}/extension`)).json.records as { id: number }[]).map(({ id }) => id),
    contacts: ((await send('GET', `${EXTENSION}/address-book/contact`)).json.records as { firstName: string }[]).map(({ firstName }) => firstName),
    message: (await send('GET', `${EXTENSION}/presence`)).json.message,
    company: (await send('GET', `${ACCOUNT}/business-address`)).json.company,
    calls: ((await send('GET', `${EXTENSION}/call-log`)).json.records as object[]).length,
    isFree: ((await send('POST', '/restapi/v1.0/number-pool/lookup?npa=650&numberPattern=5550142')).json.records as object[]).length === 1,
  });
  const changed = { people: [1_001], contacts: ['Written'], message: 'away', company: 'Renamed', calls: 3, isFree: false };
  expect(await seen(first)).toEqual(changed);
  await first.sandbox.close();

  const second = await start();
  expect(await seen(second)).toEqual(changed);
  await second.sandbox.reset();

  const { access_token } = await second.signIn({ username: '16505550100', extension: '101', password: 'x' }, 'two:users');
  expect(await seen({ send: sender(second, access_token) })).toEqual({
    people: [1_001, 1_002],
    contacts: ['Known'],
    message: undefined,
    company: 'Two Users',
    calls: 0,
    isFree: true,
  });
});
