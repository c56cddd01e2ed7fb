import { DatabaseError } from 'pg';
import { GatewayError, StoreUnavailable } from '../../domain/errors.ts';

// PostgreSQL's condition codes ("Appendix A. Error Codes") that say something about the server rather than the
// statement: whole classes by their first two characters.
const REASONS: Readonly<Record<string, string>> = {
  '08': 'lost the connection; check the server and the network',
  '25006': 'is read-only, as a standby is; name the server that takes writes in TRUNKLINE_DATABASE',
  '28': "refuses the user; check user, password and the server's pg_hba.conf",
  '28P01': 'refuses user and password; correct them in TRUNKLINE_DATABASE, PGPASSWORD or .pgpass',
  '3D000': 'does not exist; create it with `createdb`, or correct TRUNKLINE_DATABASE',
  '42501': 'does not let this user do that; make the user the owner of the database',
  '53': 'is out of room or memory; look at the server',
  '53100': 'cannot grow, the disk of the server is full: free some space',
  '53300': 'takes no more connections; raise max_connections, or lower pool_size in TRUNKLINE_DATABASE',
  '55P03': 'is locked by another process',
  '57': 'was interrupted by the server',
  '57014': 'did not answer within the statement_timeout',
  '57P01': 'is being shut down',
  '57P02': 'has crashed, and restarts',
  '57P03': 'is starting up',
  '58': 'cannot be read or written, the server reports an error',
  XX: "may be damaged; look at the server's log",
};

// Of Node's own errors, what to do about those that a wrong setting makes.
const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'does not answer; start the server, or correct TRUNKLINE_DATABASE',
  ENOENT: 'does not answer, there is no such socket; start the server, or correct TRUNKLINE_DATABASE',
  ENOTFOUND: 'cannot be found, its host has no address; correct TRUNKLINE_DATABASE',
  EAI_AGAIN: 'cannot be found, the name service does not answer',
  ERR_TLS_CERT_ALTNAME_INVALID: 'shows the certificate of another host; correct the host in TRUNKLINE_DATABASE',
  CERT_HAS_EXPIRED: 'shows a certificate that has expired',
};
// Certificates have some thirty codes, and all of them end here.
const UNTRUSTED = /^(SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|CERT_)/;

/**
 * Why the server cannot be used, where that is what an error says; other errors stay as they are.
 *
 * @param name  of the database, without a password
 */
export function asUnavailable(error: unknown, name: string): unknown {
  if (error instanceof GatewayError || error instanceof TypeError) return error;
  const code = codeOf(error);
  if (!(error instanceof DatabaseError)) return new StoreUnavailable(`${name} ${networkReason(code)}${code && ` (${code})`}`, error);
  const reason = REASONS[code] ?? REASONS[code.slice(0, 2)];
  return reason === undefined ? error : new StoreUnavailable(`${name} ${reason} (${code})`, error);
}

/** The same for an error of connecting, where whatever the server says is about itself. */
export function asUnreachable(error: unknown, name: string): unknown {
  const known = asUnavailable(error, name);
  return known instanceof DatabaseError ? new StoreUnavailable(`${name} refuses the connection (${codeOf(known)})`, error) : known;
}

/** Whether the connection is of no use after this error. */
export function endsConnection(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return !(error instanceof TypeError);
  const code = codeOf(error);
  return code === '25006' || code.startsWith('08') || code.startsWith('57P');
}

/** The condition code of the server, or the code that Node gave; empty where the error has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function networkReason(code: string): string {
  if (NETWORK[code] !== undefined) return NETWORK[code];
  if (UNTRUSTED.test(code)) return 'shows a certificate that is not trusted here; name its issuer with sslrootcert in TRUNKLINE_DATABASE';
  // Without a code: the driver itself gave up, or the server speaks no TLS.
  return 'does not answer as it should; check the server, the network, and sslmode in TRUNKLINE_DATABASE';
}
