import { Type } from 'typebox';
import { closed } from './contract.ts';

/** `GET /healthz`, `GET /readyz`. */
export const HealthAnswer = Type.Object({
  status: Type.String({ description: '`ok`, `ready` or `not ready`' }),
  reason: Type.Optional(Type.String({ description: 'why it is not ready: `draining`, or the code of an error' })),
  detail: Type.Optional(Type.String({ description: 'the same as a sentence; for those on this machine only, because it may name places' })),
});

/** `GET proof`. */
export const ProofQuery = Type.Object(
  { challenge: Type.String({ pattern: '^[\\w-]{43}$', description: '32 random bytes in base64url, never used before' }) },
  closed,
);

/** What proves that a gateway knows the admin token. */
export const ProofAnswer = Type.Object(
  {
    address: Type.String({ description: "The address and port of the gateway's own end of the connection" }),
    salt: Type.String(),
    proof: Type.String({ description: 'HMAC-SHA-256 over the challenge and the address, under a key made from the admin token by scrypt' }),
  },
  { title: 'GatewayProof' },
);

/** `GET openapi.json`. */
export const OpenApiAnswer = Type.Object({}, { additionalProperties: true, description: 'An OpenAPI 3.1 document' });

/** `GET /metrics`. */
export const MetricsAnswer = Type.String({ description: 'Prometheus text format' });
