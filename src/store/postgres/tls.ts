import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { PostgresPlace } from '../../domain/database-place.ts';
import { StoreUnavailable } from '../../domain/errors.ts';

/**
 * How a connection is encrypted, in Node's words; what the words of the URL mean is libpq's ("SSL Mode Descriptions").
 *
 * @returns false where it is not
 * @throws StoreUnavailable  a file cannot be read
 */
export function tlsOptions({ tls, caFile, certFile, keyFile }: Pick<PostgresPlace, 'tls' | 'caFile' | 'certFile' | 'keyFile'>): false | ConnectionOptions {
  if (tls === 'disable') return false;
  const options: ConnectionOptions = {
    ...(caFile !== undefined && { ca: read(caFile, 'sslrootcert') }),
    ...(certFile !== undefined && { cert: read(certFile, 'sslcert') }),
    ...(keyFile !== undefined && { key: read(keyFile, 'sslkey') }),
    rejectUnauthorized: true,
  };
  // libpq takes any certificate with `require`, but checks it once it was told whom to believe.
  if (tls === 'require' && caFile === undefined) return { ...options, rejectUnauthorized: false };
  if (tls === 'require' || tls === 'verify-ca') return { ...options, checkServerIdentity: () => undefined };
  return options;
}

function read(file: string, parameter: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new StoreUnavailable(`the file ${file}, ${parameter} in TRUNKLINE_DATABASE, cannot be read${code}`, error);
  }
}
