import { describe, expect, test } from 'vitest';
import { type Change, EVERYTHING } from './changes.ts';
import { Remembered } from './remembered.ts';

type Value = { readonly version: number };

/** A database with one value per key, whose readings end when the test lets them. */
function database() {
  let hear = (_change: Change | typeof EVERYTHING): void => undefined;
  let version = 1;
  let coming = true;
  let reads = 0;
  const held: (() => void)[] = [];
  let holding = false;
  const remembered = new Remembered<Value>({
    max: 10,
    changes: {
      comes: () => coming,
      watch: async (listener) => {
        hear = listener;
        return () => undefined;
      },
    },
    find: async () => {
      reads += 1;
      const value = { version };
      if (holding) await new Promise<void>((resolve) => held.push(resolve));
      return value;
    },
    touched: ({ of, name }) => (of === 'grants' ? name : undefined),
  });
  return {
    remembered,
    reads: () => reads,
    /** Somebody else commits. */
    commit: () => {
      version += 1;
    },
    tell: (change: Change | typeof EVERYTHING = { of: 'grants', name: 'a' }) => hear(change),
    word: (comes: boolean) => {
      coming = comes;
    },
    hold: (on: boolean) => {
      holding = on;
    },
    release: () => {
      for (const resolve of held.splice(0)) resolve();
    },
  };
}

describe('what is remembered', () => {
  test('is read once, and by those who ask at once together', async () => {
    const { remembered, reads } = database();
    await remembered.watch();

    await Promise.all([remembered.find('a'), remembered.find('a'), remembered.find('a')]);
    await remembered.find('a');

    expect(reads()).toBe(1);
  });

  test('nothing is, before word comes and while it may be lost', async () => {
    const { remembered, reads, word, tell } = database();
    await remembered.find('a');
    await remembered.find('a');
    const before = reads();
    await remembered.watch();
    await remembered.find('a');
    word(false);
    tell(EVERYTHING);
    await remembered.find('a');
    await remembered.find('a');

    expect([before, reads(), remembered.peek('a')]).toEqual([2, 5, undefined]);
  });

  test.each([
    ['its own', { of: 'grants', name: 'a' }],
    ['that of everything', EVERYTHING],
  ] as const)('is forgotten at the word of a change: %s', async (_what, change) => {
    const { remembered, commit, tell } = database();
    await remembered.watch();
    await remembered.find('a');

    commit();
    tell(change);

    expect(await remembered.find('a')).toEqual({ version: 2 });
  });

  test('stays at the word of another', async () => {
    const { remembered, reads, tell } = database();
    await remembered.watch();
    await remembered.find('a');

    tell({ of: 'grants', name: 'b' });
    tell({ of: 'apps', name: 'a' });
    await remembered.find('a');

    expect(reads()).toBe(1);
  });

  test('22: a reading that began before the word is neither remembered nor shared after it', async () => {
    const { remembered, commit, tell, hold, release } = database();
    await remembered.watch();
    hold(true);
    const early = remembered.find('a');
    commit();
    tell();
    hold(false);

    const late = await remembered.find('a');
    release();
    const first = await early;

    expect([first, late, remembered.peek('a')]).toEqual([{ version: 1 }, { version: 2 }, { version: 2 }]);
  });

  test('what was saved here is there at once, unless word came while it was saved', async () => {
    const { remembered, tell } = database();
    await remembered.watch();

    remembered.saving('a')({ version: 7 });
    const own = remembered.peek('a');
    const committed = remembered.saving('a');
    tell();
    committed({ version: 8 });

    expect([own, remembered.peek('a')]).toEqual([{ version: 7 }, undefined]);
  });

  test('a reading that began before an own save does not bring the old one back', async () => {
    const { remembered, hold, release } = database();
    await remembered.watch();
    hold(true);
    const early = remembered.find('a');

    remembered.saving('a')({ version: 9 });
    release();
    await early;

    expect(remembered.peek('a')).toEqual({ version: 9 });
  });
});
