// One gateway process without its HTTP side, for tests that kill it: it takes orders over IPC.
// Runs what was built, because a process of its own cannot be a TypeScript source on Node 20.
import { createCall } from '../../dist/broker/call.js';
import { Freezes } from '../../dist/broker/freezes.js';
import { GrantCache } from '../../dist/broker/grant-cache.js';
import { saveRescued } from '../../dist/broker/save.js';
import { Tokens } from '../../dist/broker/tokens.js';
import { databasePlace } from '../../dist/domain/database-place.js';
import { systemClock } from '../../dist/runtime/clock.js';
import { createFetch } from '../../dist/runtime/fetch.js';
import { randomText, systemRandom } from '../../dist/runtime/random.js';
import { databaseAt } from '../../dist/store/open.js';
import { openRescueJournal } from '../../dist/store/rescue-journal.js';
import { openVault } from '../../dist/vault/vault.js';

const { database, rescueFolder, vaultKey, crashAt } = JSON.parse(process.argv[2]);
const READ = { method: 'GET', path: '/restapi/v1.0/account/~/extension/~', permission: 'ReadAccounts' };

const sealed = await databaseAt(databasePlace(database)).open({ makeFolder: false });
const vault = await openVault({ vaultKey: Buffer.from(vaultKey, 'base64'), keys: sealed.dataKeys, random: systemRandom, now: Date.now() });
const store = sealed.withVault(vault);
const log = { info() {}, warn() {}, error() {} };
const rescue = openRescueJournal(rescueFolder, vault, log);
await saveRescued({ store, rescue, clock: systemClock, random: systemRandom, log });
const { fetch } = createFetch();

/** Ends this process where the test wants it to end, as if the power had failed. */
function crash(point) {
  if (point === crashAt) process.kill(process.pid, 'SIGKILL');
}

const freezes = await Freezes.open({ store, clock: systemClock, log });
const grants = new GrantCache({ store, clock: systemClock });
await Promise.all([freezes.watch(), grants.watch()]);

const parts = {
  rescue,
  freezes,
  grants,
  trail: { note: async () => undefined },
  random: systemRandom,
  clock: systemClock,
  log,
  node: randomText(systemRandom, 9),
  fetch: async (url, init) => {
    const isToken = String(url).endsWith('/oauth/token');
    if (isToken) crash('before the call');
    const response = await fetch(url, init);
    if (isToken) crash('after the answer');
    return response;
  },
  store: grants.remembering({
    ...store,
    saveGrant: async (...given) => {
      crash('before the save');
      const saved = await store.saveGrant(...given);
      crash('after the save');
      return saved;
    },
    giveBackLease: async (...given) => {
      crash('before the Lease is given back');
      await store.giveBackLease(...given);
    },
  }),
};
const tokens = new Tokens(parts);
const call = createCall(parts, tokens);

process.on('message', async ({ id, connection, times = 1 }) => {
  const statuses = await Promise.all(
    Array.from({ length: times }, () =>
      call(connection, READ).then(
        ({ status }) => status,
        (error) => error.code ?? String(error),
      ),
    ),
  );
  process.send({ id, statuses });
});
process.once('disconnect', () => process.exit(0));
process.send({ ready: true });
