import { expect, test } from 'vitest';
import { Agenda } from './agenda.ts';

function agenda(now: () => number) {
  const errors: string[] = [];
  return { errors, made: new Agenda(now, { info: () => {}, warn: () => {}, error: (event) => errors.push(event) }) };
}

test('what is due happens soonest first, and those of one instant in the order in which they were made', () => {
  let now = 0;
  const { made } = agenda(() => now);
  const happened: string[] = [];
  for (const [name, at] of [
    ['c', 30],
    ['a', 10],
    ['b1', 20],
    ['b2', 20],
  ] as const)
    made.add(at, () => happened.push(name));

  now = 20;
  made.runDue();

  expect(happened).toEqual(['a', 'b1', 'b2']);
  expect(made.nextAt()).toBe(30);
});

test('one that fails keeps no other from happening, and is logged', () => {
  const { made, errors } = agenda(() => 1);
  const happened: string[] = [];
  made.add(0, () => {
    throw new Error('broken');
  });
  made.add(1, () => happened.push('next'));

  made.runDue();

  expect(happened).toEqual(['next']);
  expect(errors).toEqual(['sandbox.appointment_failed']);
});

test('what an appointment adds happens at once, if it is due itself', () => {
  const { made } = agenda(() => 5);
  const happened: number[] = [];
  made.add(1, () => made.add(2, () => happened.push(2)));

  made.runDue();

  expect(happened).toEqual([2]);
});
