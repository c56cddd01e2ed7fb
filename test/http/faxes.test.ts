import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { faxId } from '../../src/domain/fax.ts';
import { Secret } from '../../src/domain/secret.ts';
import { gateway, TOKEN } from './gateway.ts';

/** A gateway with three faxes, the second of which has failed. */
async function withFaxes() {
  const made = await gateway();
  const ids: string[] = [];
  for (let count = 1; count <= 3; count += 1) {
    const now = made.clock.now();
    const id = faxId(now, count, 'unique');
    const order = {
      recipients: [{ phoneNumber: '+16505550100', name: 'John Doe' }],
      documents: [{ fileName: 'a.pdf', contentType: 'application/pdf', bytes: 3 }],
      coverPageText: 'planted-cover-text',
    };
    const contentKey = new Secret(randomBytes(32).toString('base64'));
    const content = async function* () {
      yield Buffer.from('abc');
    };
    await made.store.acceptFax(
      { id, client: 'crm', connection: 'front-desk', order, createdAt: now, deadline: now + 1_000, repeatKey: undefined, contentKey },
      content(),
    );
    ids.push(id);
  }
  const failed = (await made.store.findFax(ids[1]!))!;
  await made.store.changeFax(failed, { state: 'failed', code: 'MSG-341', closedAt: made.clock.now() }, { event: 'failed', code: 'MSG-341' }, made.clock.now());
  const ask = (method: 'GET' | 'POST', path: string, token = TOKEN) =>
    made.server.inject({ method, url: `/trunkline/api/${path}`, headers: { authorization: `Bearer ${token}` } });
  return { ...made, ids, ask };
}

test('faxes are listed, the newest first, and those of one state; a page leads to the next', async () => {
  const { ask, ids } = await withFaxes();

  const [first, failed] = [(await ask('GET', 'faxes?limit=2')).json(), (await ask('GET', 'faxes?state=failed')).json()];
  const second = (await ask('GET', `faxes?limit=2&cursor=${first.nextCursor}`)).json();

  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids.toReversed());
  expect(failed.items).toMatchObject([{ id: ids[1], state: 'failed', code: 'MSG-341' }]);
  expect((await ask('GET', 'faxes?state=lost')).statusCode).toBe(400);
});

test('one is shown with its history, and without what is in it', async () => {
  const { ask, ids } = await withFaxes();

  const answer = await ask('GET', `faxes/${ids[1]}`);

  expect(answer.json()).toMatchObject({
    id: ids[1],
    recipients: [{ phoneNumber: '+16505550100', name: 'John Doe' }],
    documents: [{ fileName: 'a.pdf', bytes: 3 }],
    history: [{ event: 'accepted' }, { event: 'failed', code: 'MSG-341' }],
  });
  expect(answer.payload).not.toContain('planted');
});

test('one that waits is withdrawn, and stays so; one that has failed stays as it is', async () => {
  const { ask, ids } = await withFaxes();

  const states = [];
  for (const id of [ids[0], ids[0], ids[1]]) states.push((await ask('POST', `faxes/${id}/withdraw`)).json().state);

  expect(states).toEqual(['withdrawn', 'withdrawn', 'failed']);
});

test('one that is not there is named, and nobody gets at faxes without the admin token', async () => {
  const { ask, ids } = await withFaxes();

  const missing = [await ask('GET', 'faxes/fx0'), await ask('POST', 'faxes/fx0/withdraw'), await ask('POST', 'faxes/fx0/tell')];
  const foreign = await ask('GET', `faxes/${ids[0]}`, 'tlk_wrong');

  expect(missing.map((answer) => [answer.statusCode, answer.json().code])).toEqual(Array(3).fill([404, 'fax_not_found']));
  expect(foreign.statusCode).toBe(401);
});
