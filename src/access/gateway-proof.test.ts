import { describe, expect, test } from 'vitest';
import { Secret } from '../domain/secret.ts';
import { systemRandom } from '../runtime/random.ts';
import { createChallenge, GatewayProver, isProven } from './gateway-proof.ts';

const TOKEN = new Secret('admin-token-for-tests-0123456789');
const HERE = '127.0.0.1:8080';

describe('the proof of a gateway', () => {
  test('holds for who knows the admin token, and for nobody else', async () => {
    const challenge = createChallenge(systemRandom);

    const right = await new GatewayProver(TOKEN, systemRandom).prove(challenge, HERE);
    const wrong = await new GatewayProver(new Secret('another-token-0123456789'), systemRandom).prove(challenge, HERE);

    expect(await isProven(TOKEN, challenge, right)).toBe(true);
    expect(await isProven(TOKEN, challenge, wrong)).toBe(false);
    expect(JSON.stringify(right)).not.toContain(TOKEN.reveal());
  });

  test('of another challenge, address or salt, or cut short, is none', async () => {
    const challenge = createChallenge(systemRandom);
    const answer = await new GatewayProver(TOKEN, systemRandom).prove(challenge, HERE);

    const verdicts = await Promise.all([
      isProven(TOKEN, createChallenge(systemRandom), answer),
      isProven(TOKEN, challenge, { ...answer, address: '127.0.0.1:9090' }),
      isProven(TOKEN, challenge, { ...answer, salt: 'another' }),
      isProven(TOKEN, challenge, { ...answer, proof: answer.proof.slice(0, 20) }),
      isProven(TOKEN, challenge, { ...answer, proof: '' }),
    ]);

    expect(verdicts).toEqual([false, false, false, false, false]);
  });

  test('a challenge never comes twice, and each process salts its proofs anew', async () => {
    const challenges = Array.from({ length: 100 }, () => createChallenge(systemRandom));
    const [one, other] = [new GatewayProver(TOKEN, systemRandom), new GatewayProver(TOKEN, systemRandom)];

    const proofs = await Promise.all([one.prove('c', HERE), other.prove('c', HERE)]);

    expect(new Set(challenges).size).toBe(100);
    expect(challenges[0]).toMatch(/^[\w-]{43}$/);
    expect(proofs[0].proof).not.toBe(proofs[1].proof);
  });
});
