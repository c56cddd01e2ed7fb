import type { Static } from 'typebox';
import type { PageRequest } from '../domain/page.ts';
import type { PageQuery } from './contract.ts';

const DEFAULT_LIMIT = 100;

/** The part of a list that a query asks for. */
export function pageRequest(query: Static<typeof PageQuery>): PageRequest {
  return { limit: query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit), ...(query.cursor !== undefined && { cursor: query.cursor }) };
}
