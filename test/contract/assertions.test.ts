import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { openInMemory } from './sqlite-world.ts';
import { password, sampleApp, sampleConnection } from './world.ts';

test('JWTs that an earlier version stored are found too, and one that is damaged hides no other', async () => {
  const { store, look, close } = await openInMemory();
  onTestFinished(close);
  await store.createApp(sampleApp());
  for (let index = 0; index < 450; index += 1) {
    const credentials = [password(), { kind: 'jwt' as const, assertion: new Secret(`jwt-${index}`) }];
    await store.createConnection(sampleConnection({ id: `id-${index}`, name: `c-${index}` }), credentials);
  }
  await look("update credentials set assertion_hash = null, secret = case connection when 'c-3' then x'00' else secret end returning 1");

  const found = await Promise.all([0, 3, 449].map((index) => store.listConnectionsByAssertion(new Secret(`jwt-${index}`))));

  expect(found).toEqual([['c-0'], [], ['c-449']]);
});
