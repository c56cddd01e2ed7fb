// A process that saves one generation after the other, and says which of them are saved: for a test that kills it.
import { writeSync } from 'node:fs';
import { databasePlace } from '../../dist/domain/database-place.js';
import { Secret } from '../../dist/domain/secret.js';
import { systemRandom } from '../../dist/runtime/random.js';
import { databaseAt } from '../../dist/store/open.js';
import { openVault } from '../../dist/vault/vault.js';

const { database, vaultKey, connections } = JSON.parse(process.argv[2]);
const sealed = await databaseAt(databasePlace(database)).open({ makeFolder: false });
const vault = await openVault({ vaultKey: Buffer.from(vaultKey, 'base64'), keys: sealed.dataKeys, random: systemRandom, now: Date.now() });
const store = sealed.withVault(vault);

await Promise.all(
  connections.map(async (connection) => {
    for (let generation = (await store.findGrant(connection))?.generation ?? 0; ; generation += 1) {
      if (!(await store.saveGrant(grantOf(connection, generation + 1), generation, connection))) throw new Error(`${connection} ${generation} was not stored`);
      // At once, and whole: what is said must be so.
      writeSync(1, `${connection} ${generation + 1}\n`);
    }
  }),
);

function grantOf(connection, generation) {
  return {
    connection,
    app: 'demo',
    generation,
    accessToken: new Secret(`access-${generation}`),
    issuedAt: generation,
    expiresAt: generation + 1,
    refreshToken: new Secret(`refresh-${generation}`),
    // By it the Connection's own row tells with which Grant it was written.
    refreshExpiresAt: generation * 3_600_000,
    ownerId: undefined,
    scope: '',
    endpointId: undefined,
    sessionId: undefined,
    refreshRefused: undefined,
  };
}
