// @peculiar/x509 finds its algorithms through decorators, which need this before it.
import 'reflect-metadata';
import { KeyObject, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate with its private key; both PEM. */
export interface KeyedCertificate {
  readonly cert: string;
  /** PKCS #8. */
  readonly key: string;
}

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING_ALGORITHM = { ...KEY_ALGORITHM, hash: 'SHA-256' };
const DAY_MS = 24 * 3_600_000;
// A machine whose clock is a little behind takes it too.
const BACKDATED_MS = DAY_MS;
const AUTHORITY_DAYS = 3_650;
// Apple's systems take no server certificate that lives longer than 398 days from some authorities; this one is renewed.
const SERVER_DAYS = 397;
const AUTHORITY_NAME = 'CN=Trunkline sandbox (this machine only)';

/** Makes a certificate authority of one's own: whoever trusts it trusts the servers that it vouches for. */
export async function createAuthority(now: number): Promise<KeyedCertificate> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: AUTHORITY_NAME,
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
    ...validity(now, AUTHORITY_DAYS),
    extensions: [
      // It vouches for servers only, not for other authorities.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return keyed(certificate, keys.privateKey);
}

/** Makes a server's certificate, vouched for by the authority. @param names  host names and addresses */
export async function createServerCertificate(authority: KeyedCertificate, names: readonly string[], now: number): Promise<KeyedCertificate> {
  const issuer = new X509Certificate(authority.cert);
  const der = Buffer.from(authority.key.replace(/-----[^-]+-----/g, ''), 'base64');
  const signingKey = await crypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign']);
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${names[0]}`,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: SIGNING_ALGORITHM,
    ...validity(now, SERVER_DAYS),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map((name) => ({ type: isIP(name) ? 'ip' : 'dns', value: name }))),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return keyed(certificate, keys.privateKey);
}

function validity(now: number, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(now - BACKDATED_MS), notAfter: new Date(now + days * DAY_MS) };
}

function keyed(certificate: X509Certificate, privateKey: webcrypto.CryptoKey): KeyedCertificate {
  return { cert: `${certificate.toString('pem')}\n`, key: KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }).toString() };
}
