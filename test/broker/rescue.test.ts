import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keepOffering } from '../../src/broker/keep-offering.ts';
import { saveRescued } from '../../src/broker/save.ts';
import { StoreUnavailable } from '../../src/domain/errors.ts';
import type { Grant } from '../../src/domain/grant.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Store } from '../../src/domain/store.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { openRescueJournal } from '../../src/store/rescue-journal.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { openVault } from '../../src/vault/vault.ts';
import { SILENT } from '../silent-log.ts';
import { TOKEN_PATH, until, type World, world } from '../world.ts';

const HOUR_MS = 3_600_000;

describe('the rescue journal', () => {
  test('G2: holds a pair, sealed, from before `keep` returns until it is forgotten', async () => {
    const { folder, open } = await journalPlace();
    const journal = open();

    journal.keep({ grant: GRANT, expectedGeneration: 6, connectionId: 'id' });
    const found = open().find('front-desk');
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    journal.forget('front-desk');

    expect(found).toEqual({ grant: GRANT, expectedGeneration: 6, connectionId: 'id' });
    expect(found?.grant.accessToken.equals(GRANT.accessToken)).toBe(true);
    expect(found?.grant.refreshToken?.equals(new Secret('canary-refresh'))).toBe(true);
    expect(files.join()).not.toMatch(/canary/);
    expect(open().list()).toEqual([]);
  });

  test.each([
    ['S1: copied to another Connection', (entry: string) => entry.replace('"front-desk"', '"back-office"')],
    ['garbled', () => '{garbled'],
    ['without its tokens', () => '{}'],
  ])('an entry that is %s is put aside and said, and stops nothing', async (_what, change) => {
    const { folder, open, logged } = await journalPlace();
    open().keep({ grant: GRANT, expectedGeneration: 6, connectionId: 'id' });
    const [name = ''] = readdirSync(folder);

    writeFileSync(join(folder, name), change(readFileSync(join(folder, name), 'utf8')));
    const [list, found] = [open().list(), open().find('front-desk')];

    expect([list, found]).toEqual([[], undefined]);
    expect(readdirSync(folder)).toEqual([`${name}.unreadable`]);
    expect(logged).toEqual(['rescue.unreadable']);
  });

  test('a folder that cannot be written is known at start', async () => {
    const { folder, open } = await journalPlace();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file where a folder should be');

    expect(open).toThrow(StoreUnavailable);
  });
});

describe('usableGrant while the database fails', () => {
  test('G2, 6, 18: a pair that cannot be saved is rescued, offered again, and handed out once it is saved', async () => {
    const { tokens, store, rescue, clock } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    const failing = failSaves(store, 3);

    const waiting = tokens.usableGrant('front-desk');
    await until(() => failing.failed === 2 && clock.isAsleepFor(500));
    const rescued = rescue.find('front-desk');
    const before = (await store.findGrant('front-desk'))?.generation;
    clock.advance(500);
    await until(() => failing.failed === 3 && clock.isAsleepFor(500));
    clock.advance(500);
    const grant = await waiting;

    expect(rescued?.expectedGeneration).toBe(1);
    expect(before).toBe(1);
    expect(grant.generation).toBe(2);
    expect(rescue.find('front-desk')).toBeUndefined();
  });

  test('G1: a save whose own answer was lost is read back, and counts', async () => {
    const { tokens, store, clock, tokenRequests } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    const save = store.saveGrant;
    store.saveGrant = async (...given) => {
      await save(...given);
      store.saveGrant = save;
      throw new StoreUnavailable('the answer was lost');
    };

    const grant = await tokens.usableGrant('front-desk');

    expect(grant.generation).toBe(2);
    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
  });

  test('G2: what a run could not save, the next run saves before it asks anybody', async () => {
    const { tokens, store, rescue, clock, sandbox, tokenRequests } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    const failing = failSaves(store, 1_000);
    const lost = expect(tokens.usableGrant('front-desk')).rejects.toMatchObject({ code: 'token_pending' });
    await until(() => failing.failed === 2 && clock.isAsleepFor(500));
    clock.advance(61_000);
    await lost;
    await tokens.settled();
    failing.end();
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 100, action: { status: 503 } });

    const grant = await tokens.usableGrant('front-desk');

    expect(grant.generation).toBe(2);
    expect(tokenRequests()).toEqual(['password', 'refresh_token']);
    expect(rescue.find('front-desk')).toBeUndefined();
  });

  test('G2: what a run could not save is saved once the database is back, whoever uses the Connection next', async () => {
    const { tokens, store, rescue, clock } = await world();
    await tokens.usableGrant('front-desk');
    clock.advance(HOUR_MS);
    const failing = failSaves(store, 1_000);
    const lost = expect(tokens.usableGrant('front-desk')).rejects.toMatchObject({ code: 'token_pending' });
    await until(() => failing.failed === 2 && clock.isAsleepFor(500));
    clock.advance(61_000);
    await lost;
    await tokens.settled();
    const ending = new AbortController();
    const offering = keepOffering({ store, rescue, clock, random: systemRandom, log: SILENT }, ending.signal);

    const failed = failing.failed;
    clock.advance(5_000);
    await until(() => failing.failed > failed);
    failing.end();
    await until(() => clock.isAsleepFor(5_000));
    clock.advance(5_000);
    await until(() => rescue.connections.length === 0);
    ending.abort();
    await offering;

    expect((await store.findGrant('front-desk'))?.generation).toBe(2);
    expect(rescue.find('front-desk')).toBeUndefined();
  });

  test.each([
    ['a start', async ({ store, rescue, clock }: World) => saveRescued({ store, rescue, clock, random: systemRandom, log: SILENT })],
    ['the next run', async ({ tokens }: World) => tokens.usableGrant('front-desk')],
  ])('G1, 21: a rescued pair whose Grant was revoked meanwhile is dropped by %s, and its session ended', async (_who, come) => {
    const at = await world();
    const first = await at.tokens.usableGrant('front-desk');
    at.rescue.keep({ grant: { ...first, generation: 2 }, expectedGeneration: 1, connectionId: await idOf(at.store, 'front-desk') });
    await at.connections.revokeConnection('front-desk');
    const before = await at.store.countRevocations();

    await come(at);

    expect([before, await at.store.countRevocations()]).toEqual([1, 2]);
    expect(at.rescue.list()).toEqual([]);
    expect((await at.tokens.usableGrant('front-desk')).sessionId).not.toBe(first.sessionId);
  });

  test('G2: a start saves what was rescued where the generation has not moved, and drops it where it has', async () => {
    const { tokens, store, rescue, clock } = await world({ connections: ['front-desk', 'back-office'] });
    const [front, back] = [await tokens.usableGrant('front-desk'), await tokens.usableGrant('back-office')];
    rescue.keep({
      grant: { ...front, generation: 2, accessToken: new Secret('won-later') },
      expectedGeneration: 1,
      connectionId: await idOf(store, 'front-desk'),
    });
    rescue.keep({ grant: { ...back, accessToken: new Secret('lost') }, expectedGeneration: 0, connectionId: await idOf(store, 'back-office') });

    await saveRescued({ store, rescue, clock, random: systemRandom, log: SILENT });

    expect((await store.findGrant('front-desk'))?.accessToken.equals(new Secret('won-later'))).toBe(true);
    expect((await store.findGrant('back-office'))?.accessToken.equals(back.accessToken)).toBe(true);
    expect(rescue.list()).toEqual([]);
  });
});

const GRANT: Grant = {
  connection: 'front-desk',
  app: 'main',
  generation: 7,
  accessToken: new Secret('canary-access'),
  issuedAt: 1,
  expiresAt: 2,
  refreshToken: new Secret('canary-refresh'),
  refreshExpiresAt: undefined,
  ownerId: '1',
  scope: 'RingOut',
  endpointId: undefined,
  sessionId: 'S',
  refreshRefused: undefined,
};

async function journalPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-rescue-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { dataKeys: keys, close } = await openSqliteStore({ file: ':memory:' });
  onTestFinished(close);
  const logged: string[] = [];
  const vault = await openVault({ vaultKey: randomBytes(32), keys, random: systemRandom, now: 1 });
  return { folder, open: () => openRescueJournal(folder, vault, { error: (event) => logged.push(event) }), logged };
}

async function idOf(store: Store, name: string): Promise<string> {
  return (await store.findConnection(name))?.id ?? '';
}

/** The next saves of a store fail before they take effect. */
function failSaves(store: Store, times: number) {
  const save = store.saveGrant;
  const state = {
    failed: 0,
    end: () => {
      store.saveGrant = save;
    },
  };
  store.saveGrant = async (...given) => {
    if (state.failed >= times) return save(...given);
    state.failed += 1;
    throw new StoreUnavailable('the disk is full');
  };
  return state;
}
