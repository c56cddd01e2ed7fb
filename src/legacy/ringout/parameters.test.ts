import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readParameters } from './parameters.ts';

describe('readParameters', () => {
  test('rule 1: names count in any case, and escaped', () => {
    expect(readParameters('CMD=list&UserName=1&eXt=2&%50assword=3&SessionID=4')).toEqual({
      cmd: 'list',
      username: '1',
      ext: '2',
      password: '3',
      sessionid: '4',
    });
  });

  test('rule 1: the query comes before the body', () => {
    expect(readParameters('to=1', 'to=2&from=3')).toEqual({ to: '1', from: '3' });
  });

  test('rule 1: the first value of a repeated name counts, also where it is empty', () => {
    expect(readParameters('cmd=list&cmd=call&ext=&EXT=101')).toEqual({ cmd: 'list', ext: '' });
  });

  test('rule 1: unknown names are ignored', () => {
    expect(readParameters('t=1700000000&WS=3&xml=1&__proto__=1&constructor=2&cmd=status')).toEqual({ cmd: 'status' });
  });

  test('rule 2: extension, callerid and session_id are other names of ext, clid and sessionid', () => {
    expect(readParameters('Extension=101&CallerID=5550100&session_id=18')).toEqual({ ext: '101', clid: '5550100', sessionid: '18' });
  });

  test('a plus sign is a space, and %2B a plus sign', () => {
    expect(readParameters('to=+1650&from=%2B1650&password=a+b')).toEqual({ to: ' 1650', from: '+1650', password: 'a b' });
  });

  test('broken percent escapes stay as they are', () => {
    expect(readParameters('password=%&to=%4&from=%zz&clid=%%41')).toEqual({ password: '%', to: '%4', from: '%zz', clid: '%A' });
  });

  test.each([
    ['escaped UTF-8', 'password=%C3%A9%E2%82%AC', 'é€'],
    ['escaped Latin-1', 'password=%E9t%E9', 'été'],
    ['UTF-8 as it is', 'password=\u00c3\u00a9', 'é'],
    ['Latin-1 as it is', 'password=\u00e9', 'é'],
    ['half a UTF-8 sequence', 'password=%C3', 'Ã'],
    ['a NUL', 'password=%00', '\0'],
  ])('bytes are UTF-8 where they can be, else Latin-1: %s', (_what, body, password) => {
    expect(readParameters('', body)).toEqual({ password });
  });

  test('a name without value is empty, and a value may hold further equals signs', () => {
    expect(readParameters('ext&password=a=b=&cmd=')).toEqual({ ext: '', password: 'a=b=', cmd: '' });
  });

  test('a line break at the end of a body is no part of the last value', () => {
    expect(readParameters('', 'cmd=list&password=1234\r\n')).toEqual({ cmd: 'list', password: '1234' });
  });

  test('never throws, whatever comes', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'%=&+;cmdCMD\0\u00e9\u00c3\u00a90') }));

    const reads = (query: string, body: string) => Object.values(readParameters(query, body)).every((value) => typeof value === 'string');

    fc.assert(fc.property(text, text, reads));
  });

  test('reads back what a form encoder wrote', () => {
    const forms = fc.record({ cmd: fc.string(), password: fc.string({ unit: 'grapheme' }), to: fc.string() });

    const same = (form: Record<string, string>) => {
      const read: Readonly<Record<string, string | undefined>> = { ...readParameters(new URLSearchParams(form).toString()) };
      return Object.entries(form).every(([name, value]) => read[name] === value);
    };

    fc.assert(fc.property(forms, same));
  });

  test.each([
    ['separators', '&=&'],
    ['percent signs', '%'],
    ['escapes', '%61'],
    ['escaped names', '%63=1&'],
    ['unknown names', 'a=1&'],
    ['names without value', 'cmd&'],
    ['Latin-1', '\u00e9'],
    ['line breaks', '\r\n'],
  ])('takes a time that is linear in the length: a mebibyte of %s', (_what, unit) => {
    const body = unit.repeat((1024 * 1024) / unit.length);
    const before = process.cpuUsage();

    readParameters(body, body);

    // Time of this process alone, whatever else the machine does: some tens of milliseconds. A quadratic reading would
    // take minutes.
    expect(process.cpuUsage(before).user).toBeLessThan(10_000_000);
  });
});
