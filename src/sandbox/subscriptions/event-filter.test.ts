import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEMO_DATA } from '../demo.ts';
import { Directory, type Owner } from '../directory.ts';
import { forgetfulJournal } from '../forgetful-journal.ts';
import { Refused } from '../wire/answer.ts';
import { EVENT_KINDS } from './event-catalogue.ts';
import { meansEvent, normalPath, readEventFilter } from './event-filter.ts';

const WEEK_MS = 604_800_000;
const DIRECTORY = new Directory(DEMO_DATA, forgetfulJournal());
const OWNER = ownerOf('403141004');

function ownerOf(id: string): Owner {
  const owner = DIRECTORY.findOwner(id);
  if (!owner) throw new Error('the demo has changed');
  return owner;
}

function read(text: string) {
  return readEventFilter(text, OWNER, DIRECTORY, WEEK_MS);
}

describe('readEventFilter', () => {
  test('knows every filter of the catalogue, with ~ and with real ids alike', () => {
    for (const { path, permission } of EVENT_KINDS) {
      const text = path
        .replace('{accountId}', '~')
        .replace('{extensionId}', '~')
        .replace(/\{\w+\}/, '7');
      const real = text.replace('/account/~', '/account/403140004').replace('/extension/~', '/extension/403141004');

      expect(read(`${text}?a=b`)).toEqual({ text: `${real}?a=b`, path: real, permission });
      expect(read(real)).toEqual({ text: real, path: real, permission });
    }
  });

  test('refuses anything else, and never fails otherwise', () => {
    const piece = fc.oneof(
      fc.constantFrom('restapi', 'v1.0', 'account', 'extension', '~', '%7E', '%', '..', '', '403140004', 'message-store', '?', 'type=SMS'),
      fc.string({ unit: 'binary' }),
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('/')}`);
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (wanted) => {
        try {
          const { path } = read(wanted);
          expect(path).not.toContain('~');
        } catch (error) {
          expect(error).toBeInstanceOf(Refused);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['threshold=1&interval=0'],
    ['threshold=-60&interval=15'],
    ['threshold=60'],
    ['interval=15'],
    ['threshold=6e1&interval=15'],
    ['threshold=302401&interval=1'],
  ])('refuses a reminder of %s', (query) => {
    expect(() => read(`/restapi/v1.0/subscription/~?${query}`)).toThrow(Refused);
  });
});

describe('meansEvent', () => {
  const path = '/restapi/v1.0/account/403140004/extension/403141004/message-store';
  const event = { filter: path, ownerId: '403141004', body: {}, attributes: { type: 'SMS', direction: 'Inbound' } };

  test.each([
    ['', true],
    ['type=SMS', true],
    ['type=Fax', false],
    ['type=Fax&type=SMS', true],
    ['type=SMS&direction=Outbound', false],
    ['detailed=true', true],
    ['type=SMS&detailed=true', true],
    ['type=', false],
  ])('"%s": %s', (query, expected) => {
    expect(meansEvent({ text: `${path}?${query}`, path }, event, '403141004')).toBe(expected);
  });

  test('an event without attributes is meant whatever a filter asks for', () => {
    expect(meansEvent({ text: `${path}?type=Fax`, path }, { filter: path, ownerId: '403141004', body: {} }, '403141004')).toBe(true);
  });
});

describe('normalPath', () => {
  test('leaves alone what is no ~ of its own', () => {
    expect(normalPath('/restapi/v1.0/account/~x/extension/1~', OWNER)).toBe('/restapi/v1.0/account/~x/extension/1~');
    expect(normalPath('/restapi/v1.0/account/%7e/extension/%7E', OWNER)).toBe('/restapi/v1.0/account/403140004/extension/403141004');
  });
});
