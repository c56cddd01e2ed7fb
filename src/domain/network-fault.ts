const BROKEN_OFF = 'its answer broke off; check what stands between';
const NO_HTTP = 'what answers there does not speak HTTP; check the address, and what stands between';
const MISCODED = 'its answer is not encoded as it says; check what stands between';

/** What is wrong with an answer as such, whatever it says: its message follows an origin and a colon. */
export class AnswerFault extends Error {}

// As Node, undici and OpenSSL name them.
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; check the address, and whether it runs',
  ENOTFOUND: 'its name is not known; check it, and the name server',
  EAI_AGAIN: 'the name server does not answer; check the network',
  ECONNRESET: 'the connection was closed',
  EHOSTUNREACH: 'there is no way to it; check the network',
  ENETUNREACH: 'there is no way to it; check the network',
  ETIMEDOUT: 'it did not answer in time; check the network, a proxy, a firewall',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time; check the network, a proxy, a firewall',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: BROKEN_OFF,
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time; check the network, a proxy, a firewall',
  UND_ERR_BODY_TIMEOUT: 'it did not answer in time; check the network, a proxy, a firewall',
  UND_ERR_HEADERS_OVERFLOW: NO_HTTP,
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is another host's; check the address, and what stands between",
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; check the clock of this machine',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there; check the address and its port',
  EPROTO: 'it does not speak TLS there; check the address and its port',
  CERT_HAS_EXPIRED: 'its certificate has expired; check the clock, and what stands between',
};
// The deepest chain met: our error, the library's, undici's, the system's.
const DEPTH = 5;

/**
 * Why a request had no answer, in words, and what to look at.
 *
 * @param cause  what was thrown; its own causes are looked at too
 * @returns nothing where the cause says nothing that helps
 */
export function networkFault(cause: unknown): string | undefined {
  let error: unknown = cause;
  for (let depth = 0; depth < DEPTH && error instanceof Error; depth += 1) {
    if (error instanceof AnswerFault) return error.message;
    const { code, name } = error as NodeJS.ErrnoException;
    const reason = REASONS[String(code)];
    if (reason) return reason;
    if (name === 'TimeoutError') return REASONS.ETIMEDOUT;
    if (name === 'HTTPParserError') return NO_HTTP;
    if (/^(Z_|ERR_BROTLI|ERR__)/.test(String(code))) return MISCODED;
    if (/CERT|SSL|TLS/.test(String(code))) return `its certificate is not trusted (${code}); check what stands between`;
    error = error instanceof AggregateError ? error.errors[0] : error.cause;
  }
  return undefined;
}
