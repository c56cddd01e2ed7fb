import { describe, expect, test } from 'vitest';
import { databasePlace, nameOf } from './database-place.ts';

describe('databasePlace', () => {
  test('a file is a file', () => {
    expect(databasePlace('sqlite:data/trunkline.db')).toEqual({ kind: 'sqlite', file: 'data/trunkline.db' });
  });

  test('of a server everything but its name has a default, and beyond this machine its certificate is checked', () => {
    const place = databasePlace('postgres://db.example.com/trunkline');

    expect(place).toEqual({
      kind: 'postgres',
      host: 'db.example.com',
      port: 5432,
      database: 'trunkline',
      user: undefined,
      password: undefined,
      tls: 'verify-full',
      caFile: undefined,
      certFile: undefined,
      keyFile: undefined,
      applicationName: 'trunkline',
      poolSize: 10,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 10_000,
    });
  });

  test('everything is read as it was meant', () => {
    const parameters =
      'sslmode=verify-ca&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem&application_name=east&pool_size=3&connect_timeout=2&statement_timeout=500';

    const place = databasePlace(`postgresql://us%2Fer:p%40ss%3A@[::1]:6543/trunk%20line?${parameters}`);

    expect(place).toMatchObject({ host: '::1', port: 6543, database: 'trunk line', user: 'us/er', tls: 'verify-ca', caFile: '/ca.pem', certFile: '/c.pem' });
    expect(place).toMatchObject({ keyFile: '/k.pem', applicationName: 'east', poolSize: 3, connectTimeoutMs: 2_000, statementTimeoutMs: 500 });
    expect(typeof place === 'object' && place.kind === 'postgres' && place.password?.reveal()).toBe('p@ss:');
  });

  test.each([
    ['postgres://u@127.0.0.1/d', 'disable'],
    ['postgres://u@localhost/d', 'disable'],
    ['postgres:///d?host=/var/run/postgresql', 'disable'],
    ['postgres://u@10.0.0.7/d', 'verify-full'],
    ['postgres://u@10.0.0.7/d?sslmode=disable', 'disable'],
  ])('%s has sslmode %s', (text, tls) => {
    expect(databasePlace(text)).toMatchObject({ tls });
  });

  test.each([
    ['mysql://u:canary@h/d', 'must be sqlite:FILE'],
    ['sqlite:', 'must be sqlite:FILE'],
    ['postgres://u:canary@h', 'names no database'],
    ['postgres://u:canary@h/d/e', 'has more than the name of a database in its path'],
    ['postgres://u:canary@h1:1,h2:1/d', 'is not a URL'],
    ['postgres://u:canary@h1,h2:1/d', 'names more than one host'],
    ['postgres://u:canary@h:99999/d', 'is not a URL'],
    ['postgres://u:%canary@h/d', 'has a % that is followed by no two hexadecimal digits'],
    ['postgres://u:canary@h/d?sslmode=prefer', 'has an sslmode that is none of disable, require, verify-ca, verify-full'],
    ['postgres://u:canary@h/d?ssl=true', 'has a parameter that is not known, "ssl"'],
    ['postgres://u:canary@h/d?pool_size=0', 'has a pool_size that is not a number from 1 to 500'],
    ['postgres://u:canary@h/d?statement_timeout=5s', 'has a statement_timeout that is not a number of milliseconds'],
    ['postgres://u:canary@h/d?connect_timeout=', 'ok'],
    ['postgres://u:canary@h/d?sslcert=/c', 'has one of sslcert and sslkey'],
  ])('%s is answered with what is wrong, and without its password', (text, fault) => {
    const place = databasePlace(text);

    if (fault === 'ok') expect(place).toMatchObject({ connectTimeoutMs: 5_000 });
    else expect(place).toMatch(new RegExp(`^${fault.replace(/[%"]/g, '.')}`));
    expect(JSON.stringify(place)).not.toContain('canary');
  });
});

describe('nameOf', () => {
  test.each([
    ['sqlite:data/trunkline.db', 'data/trunkline.db'],
    ['postgres://u:canary@db.example.com/trunkline', 'trunkline at db.example.com:5432'],
    ['postgres://u:canary@[::1]:1/d', 'd at [::1]:1'],
    ['postgres:///d?host=/run/pg', 'd at /run/pg'],
  ])('%s is %s', (text, name) => {
    const place = databasePlace(text);

    expect(typeof place === 'object' && nameOf(place)).toBe(name);
  });
});
