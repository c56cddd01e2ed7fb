import { createHmac, scrypt, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../domain/secret.ts';
import { type Random, randomText } from '../runtime/random.ts';

const CONTEXT = 'trunkline gateway proof 1';
const CHALLENGE_BYTES = 32;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
// Whoever has one proof may try tokens on machines of their own. Against a token that was made here (256 bits) that is
// hopeless; one that a person chose is protected by a slow hash: OWASP "Password Storage", scrypt, 32 MiB and some 0.2 s.
const SLOW = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };

/** What a gateway answers to a challenge. */
export interface GatewayProof {
  /** The address and port of the gateway's own end of the connection, as a URL spells them. */
  readonly address: string;
  readonly salt: string;
  readonly proof: string;
}

/** A challenge that was never used before: 43 characters. */
export function createChallenge(random: Random): string {
  return randomText(random, CHALLENGE_BYTES);
}

/**
 * Proves that this gateway knows the admin token, without telling anything of it.
 *
 * The salt is one of this process, so that the slow hash is paid once however many ask.
 */
export class GatewayProver {
  readonly #adminToken: Secret;
  readonly #salt: string;
  #key: Promise<Buffer> | undefined;

  constructor(adminToken: Secret, random: Random) {
    this.#adminToken = adminToken;
    this.#salt = randomText(random, SALT_BYTES);
  }

  /** @param address  where the challenge arrived: one that was passed on from elsewhere is proved for here only */
  async prove(challenge: string, address: string): Promise<GatewayProof> {
    this.#key ??= proofKey(this.#adminToken, this.#salt);
    return { address, salt: this.#salt, proof: proofOf(await this.#key, challenge, address).toString('base64url') };
  }
}

/** Whether whoever gave this answer to the challenge knows the admin token; compared in constant time. */
export async function isProven(adminToken: Secret, challenge: string, { address, salt, proof }: GatewayProof): Promise<boolean> {
  const expected = proofOf(await proofKey(adminToken, salt), challenge, address);
  const given = Buffer.from(proof, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function proofKey(adminToken: Secret, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(adminToken.reveal(), `${CONTEXT}\0${salt}`, KEY_BYTES, SLOW, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function proofOf(key: Buffer, challenge: string, address: string): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([CONTEXT, challenge, address]))
    .digest();
}
