import { STATUS_CODES } from 'node:http';
import type { TSchema } from 'typebox';
import { Problem } from './contract.ts';

const PROBLEM = { description: 'What went wrong, to which thing, and what to do next', content: { 'application/problem+json': { schema: Problem } } };

/** What a route says of itself, for its answers and for the OpenAPI document. */
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly ('apps' | 'connections' | 'clients' | 'invitations' | 'faxes' | 'tokens' | 'gateway')[];
  /** What it is called with; the admin token unless it says otherwise. */
  readonly credential?: 'adminToken' | 'gatewayKey' | 'none';
  /** By status. A field that its schema does not name does not leave. */
  readonly answers: Readonly<Record<number, TSchema>>;
}

/** The part of a route's schema that every route has: what it is called, with which credential, and all its answers. */
export function operation({ operationId, summary, tags, credential = 'adminToken', answers }: Operation) {
  const described = Object.entries(answers).map(([status, schema]) => [status, { description: STATUS_CODES[status], ...schema }]);
  const response: unknown = { ...Object.fromEntries(described), '4xx': PROBLEM, '5xx': PROBLEM };
  return { operationId, summary, tags: [...tags], security: credential === 'none' ? [] : [{ [credential]: [] }], response };
}
