import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Roster } from './roster.ts';

test('a roster has those that came and have not gone, whatever the order', () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.boolean()), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (taken) => {
      const members = Array.from({ length: 10 }, (_, name) => ({ name, place: 0 }));
      const roster = new Roster<(typeof members)[number]>();
      const expected = new Set<number>();

      for (const [name, comes] of taken) {
        const member = members[name] as (typeof members)[number];
        if (!comes) roster.delete(member);
        else if (!expected.has(name)) roster.add(member);
        if (comes) expected.add(name);
        else expected.delete(name);
      }

      expect(roster.size).toBe(expected.size);
      expect(new Set(roster.list().map(({ name }) => name))).toEqual(expected);
    }),
  );
});
