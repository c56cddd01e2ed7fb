import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Random } from '../../runtime/random.ts';
import { writeNewSecretFile } from '../../runtime/secret-file.ts';
import { createAuthority, createServerCertificate, type KeyedCertificate } from './authority.ts';
import { CertificatesUnusable } from './unusable.ts';

/** What certificates are kept with. */
export interface CertificatesParts {
  /** Where they are kept; absent: in memory only. */
  readonly folder: string | undefined;
  /** Host names and addresses under which the sandbox is reached besides this machine's own. */
  readonly names: readonly string[];
  readonly random: Random;
}

const OWN_NAMES = ['localhost', '127.0.0.1', '::1'];
// The certificate for programs to trust; the other two hold keys.
const TRUSTED = 'ca.pem';
const AUTHORITY = 'authority.pem';
const SERVER = 'server.pem';
// Long enough for a sandbox that is started once a month.
const RENEWED_BEFORE_MS = 40 * 24 * 3_600_000;

/** An authority of this machine's own, and the server certificate that it vouches for. */
export class Certificates {
  readonly #parts: CertificatesParts;
  readonly #authority: KeyedCertificate;
  #server: KeyedCertificate;

  private constructor(parts: CertificatesParts, authority: KeyedCertificate, server: KeyedCertificate) {
    this.#parts = parts;
    this.#authority = authority;
    this.#server = server;
  }

  /**
   * Takes up the certificates of a folder, or makes them; a server certificate that is about to expire, or lacks a name,
   * is made anew, and the authority stays, so that programs which trust it need not be told again.
   *
   * @param now  by the machine's clock, as programs will judge them: the sandbox's own may be far ahead
   * @throws CertificatesUnusable
   */
  static async open(parts: CertificatesParts, now: number): Promise<Certificates> {
    try {
      const found = read(parts, AUTHORITY);
      const authority = found && isGood(found, now) ? found : write(parts, AUTHORITY, await createAuthority(now));
      if (parts.folder !== undefined) writeFileSync(join(parts.folder, TRUSTED), authority.cert);
      const served = read(parts, SERVER);
      const isServed = served && isGood(served, now) && isFor(served, authority, namesOf(parts));
      return new Certificates(parts, authority, isServed ? served : await makeServer(parts, authority, now));
    } catch (error) {
      throw parts.folder === undefined ? error : new CertificatesUnusable(parts.folder, error);
    }
  }

  /** The authority's certificate, PEM: what programs are to trust. */
  get ca(): string {
    return this.#authority.cert;
  }

  /** The file that holds it. */
  get caFile(): string | undefined {
    return this.#parts.folder === undefined ? undefined : join(this.#parts.folder, TRUSTED);
  }

  /** What a server shows. */
  get server(): KeyedCertificate {
    return this.#server;
  }

  /** When the server certificate is due to be made anew. */
  get renewAt(): number {
    return expiryOf(this.#server) - RENEWED_BEFORE_MS;
  }

  /** Makes the server certificate anew. */
  async renew(now: number): Promise<void> {
    this.#server = await makeServer(this.#parts, this.#authority, now);
  }
}

function namesOf({ names }: CertificatesParts): readonly string[] {
  return [...new Set([...OWN_NAMES, ...names])];
}

async function makeServer(parts: CertificatesParts, authority: KeyedCertificate, now: number): Promise<KeyedCertificate> {
  return write(parts, SERVER, await createServerCertificate(authority, namesOf(parts), now));
}

function isGood(certificate: KeyedCertificate, now: number): boolean {
  return now < expiryOf(certificate) - RENEWED_BEFORE_MS;
}

function expiryOf({ cert }: KeyedCertificate): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

function isFor({ cert }: KeyedCertificate, authority: KeyedCertificate, names: readonly string[]): boolean {
  const server = new X509Certificate(cert);
  if (!server.verify(new X509Certificate(authority.cert).publicKey)) return false;
  return names.every((name) => (isIP(name) ? server.checkIP(name) : server.checkHost(name)) !== undefined);
}

/** @returns nothing where there is no such file */
function read({ folder }: CertificatesParts, name: string): KeyedCertificate | undefined {
  if (folder === undefined) return undefined;
  const text = readIfThere(join(folder, name));
  if (text === undefined) return undefined;
  const [cert] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/.exec(text) ?? [];
  const [key] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/.exec(text) ?? [];
  if (cert === undefined || key === undefined) throw new Error(`${name} holds no certificate with its key`);
  return { cert, key };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Key and certificate are one file, so that no two of different making are ever found together. */
function write(parts: CertificatesParts, name: string, made: KeyedCertificate): KeyedCertificate {
  if (parts.folder === undefined) return made;
  const path = join(parts.folder, name);
  rmSync(path, { force: true });
  // Another sandbox that starts at the same time may have written its own: then that is the one.
  return writeNewSecretFile(path, made.cert + made.key, parts.random) ? made : (read(parts, name) ?? made);
}
