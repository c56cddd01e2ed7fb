import { Ajv, type ErrorObject } from 'ajv';
import type { Static } from 'typebox';
import type { ImportRow, RowFault } from '../domain/connection-import.ts';
import type { Credential } from '../domain/credential.ts';
import { Secret } from '../domain/secret.ts';
import { ConnectionBody, type CredentialInput } from './contract-connections.ts';
import { LABEL } from './import-columns.ts';
import type { ImportRecord } from './import-records.ts';
import { fieldFault } from './problem.ts';

// RingCentral "Refresh tokens": unless the App was given others.
const REFRESH_LIFE_MS = 7 * 24 * 60 * 60_000;

type Cells = ReadonlyMap<string, string>;

const validate = new Ajv({ allErrors: true, discriminator: true, verbose: true }).compile(ConnectionBody);

/**
 * What the rows of an import describe, by the same rules as the body of `POST connections`.
 *
 * @param app  of the rows that name none
 */
export async function* rowsOf(records: AsyncIterable<ImportRecord>, app: string | undefined): AsyncGenerator<ImportRow> {
  for await (const record of records) yield 'faults' in record ? record : rowOf(record.line, record.cells, app);
}

function rowOf(line: number, cells: Cells, defaultApp: string | undefined): ImportRow {
  const times = timesOf(cells);
  if ('faults' in times) return { line, faults: times.faults };
  const app = cells.get('app') ?? defaultApp;
  const credentials = credentialsOf(cells, times.refreshExpiresAt);
  const body = { name: cells.get('name'), app, labels: labelsOf(cells), keep: cells.get('keep'), credentials };
  const given: unknown = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  if (!isConnection(given)) return { line, faults: faultsOf(validate.errors ?? [], credentials.length) };
  const { name, labels = {}, keep = 'alive' } = given;
  return { line, connection: { name, app: given.app, labels, keep }, credentials: given.credentials.map(toCredential) };
}

function isConnection(body: unknown): body is Static<typeof ConnectionBody> {
  return validate(body);
}

// In the order in which they are tried: what lives already, then what wins it anew.
function credentialsOf(cells: Cells, refreshExpiresAt: number | undefined): object[] {
  const given = (kind: string, parts: Readonly<Record<string, unknown>>) => {
    const filled = Object.entries(parts).filter(([, value]) => value !== undefined);
    return filled.length > 0 ? [{ kind, ...Object.fromEntries(filled) }] : [];
  };
  const cell = (name: string) => cells.get(name);
  return [
    ...given('refresh_token', { refreshToken: cell('refreshToken'), refreshExpiresAt }),
    ...given('jwt', { assertion: cell('jwt') }),
    ...given('password', { username: cell('username'), extension: cell('extension'), password: cell('password') }),
    ...given('client_credentials', { brandId: cell('brandId'), accountId: cell('accountId'), partnerAccountId: cell('partnerAccountId') }),
  ];
}

function labelsOf(cells: Cells): Readonly<Record<string, string>> | undefined {
  const labels = [...cells].filter(([column]) => column.startsWith(LABEL)).map(([column, value]) => [column.slice(LABEL.length), value]);
  return labels.length > 0 ? Object.fromEntries(labels) : undefined;
}

function timesOf(cells: Cells): { readonly refreshExpiresAt: number | undefined } | { readonly faults: readonly RowFault[] } {
  const [expiresAt, obtainedAt] = [timeOf(cells.get('refreshExpiresAt')), timeOf(cells.get('obtainedAt'))];
  const faults = Object.entries({ refreshExpiresAt: expiresAt, obtainedAt })
    .filter(([, time]) => Number.isNaN(time))
    .map(([field]) => ({ field, message: 'must be a time such as 2026-11-21T16:00:00Z, or epoch milliseconds' }));
  if (faults.length > 0) return { faults };
  return { refreshExpiresAt: expiresAt ?? (obtainedAt === undefined ? undefined : obtainedAt + REFRESH_LIFE_MS) };
}

/** @returns epoch milliseconds; nothing where there is no text, NaN where it is no time. Seconds are none: they would be a day in 1970. */
function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{13}$/.test(text)) return Number(text);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
}

function faultsOf(errors: readonly ErrorObject[], credentials: number): readonly RowFault[] {
  if (credentials === 0) return [{ field: '', message: 'has no credential; give refreshToken, jwt, username and password, brandId or accountId' }];
  return errors.map((error) => {
    const { field, message } = fieldFault(error as Parameters<typeof fieldFault>[0], undefined);
    return { field: columnOf(field), message };
  });
}

/** The column that a field of the body is made from. */
function columnOf(field: string): string {
  if (field.startsWith('labels/')) return LABEL + field.slice('labels/'.length);
  const name = field.replace(/^credentials\/\d+\//, '');
  return name === 'assertion' ? 'jwt' : name;
}

/** A credential as it is given to the API, its secret wrapped. */
export function toCredential(input: CredentialInput): Credential {
  switch (input.kind) {
    case 'jwt':
      return { ...input, assertion: new Secret(input.assertion) };
    case 'password':
      return { ...input, password: new Secret(input.password) };
    case 'refresh_token':
      return { ...input, refreshToken: new Secret(input.refreshToken) };
    case 'client_credentials':
      return input;
  }
}
