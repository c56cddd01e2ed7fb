import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { render } from './status.ts';

const SESSION = { to: '6505551230', from: '6505551231' };
const WORDS = [
  ['Success', 0],
  ['InProgress', 1],
  ['Busy', 2],
  ['NoAnswer', 3],
  ['Rejected', 4],
  ['GenericError', 5],
  ['Finished', 6],
  ['InternationalDisabled', 7],
  ['DestinationBlocked', 8],
  ['NotEnoughFunds', 5],
  ['NoSuchUser', 5],
  ['NosuchUser', 5],
  ['Invalid', 5],
  ['Unknown', 5],
  ['Error', 5],
  ['RingOutFromThisNumberIsNotSupported', 5],
  ['a word of next year', 5],
] as const;

const status = (callStatus: string, callerStatus: string, calleeStatus: string) => ({ callStatus, callerStatus, calleeStatus });

describe('status.render', () => {
  test.each(WORDS)('%s is %i, for the call and for each party', (word, number) => {
    expect(render('18', SESSION, status(word, 'InProgress', 'InProgress'))).toBe(`OK 18 ${number};6505551230;1;6505551231;1`);
    expect(render('18', SESSION, status('InProgress', word, 'InProgress'))).toBe(`OK 18 1;6505551230;1;6505551231;${number}`);
    expect(render('18', SESSION, status('InProgress', 'InProgress', word))).toBe(`OK 18 1;6505551230;${number};6505551231;1`);
  });

  test.each([
    ['Busy', 'Success', 2],
    ['NoAnswer', 'Rejected', 3],
    ['InProgress', 'Rejected', 4],
    ['GenericError', 'NoAnswer', 3],
    ['DestinationBlocked', 'Success', 8],
    ['GenericError', 'GenericError', 5],
    ['Success', 'Finished', 5],
  ])('CannotReach takes its reason from a party, the called one first: %s and %s are %i', (callee, caller, general) => {
    expect(
      render('18', SESSION, status('CannotReach', caller, callee))
        .split(' ')[2]
        ?.split(';')[0],
    ).toBe(String(general));
  });

  test('NoAnsweringMachine is a generic error', () => {
    expect(render('18', SESSION, status('NoAnsweringMachine', 'Success', 'Success'))).toBe('OK 18 5;6505551230;0;6505551231;0');
  });

  test.each([status('Success', 'Finished', 'Finished'), status('NoSessionFound', 'Invalid', 'Invalid'), status('InProgress', 'NoSessionFound', 'InProgress')])(
    'rule 10: a call that is over is the id and a space: %#',
    (over) => {
      expect(render('18', SESSION, over)).toBe('OK 18 ');
    },
  );

  test('rule 10: otherwise there are always five groups without spaces, whatever the platform says', () => {
    const word = fc.oneof(fc.constantFrom(...WORDS.map(([known]) => known)), fc.string());

    const readable = (call: string, caller: string, callee: string) => {
      const body = render('18', SESSION, status(call, caller, callee));
      return body === 'OK 18 ' || /^OK 18 [0-8];[^; ]+;[0-8];[^; ]+;[0-8]$/.test(body);
    };

    fc.assert(fc.property(word, word, word, readable));
  });
});
