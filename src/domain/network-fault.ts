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
    const { code, name } = error as NodeJS.ErrnoException;
    const reason = REASONS[String(code)];
    if (reason) return reason;
    if (name === 'TimeoutError') return REASONS.ETIMEDOUT;
    if (/CERT|SSL|TLS/.test(String(code))) return `its certificate is not trusted (${code}); check what stands between`;
    error = error instanceof AggregateError ? error.errors[0] : error.cause;
  }
  return undefined;
}
