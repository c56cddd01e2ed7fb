import type { FastifyRequest } from 'fastify';

/** The parameters behind the `?`, as they were sent: with those that stand there twice. */
export function sentQuery({ url }: Pick<FastifyRequest, 'url'>): URLSearchParams {
  const question = url.indexOf('?');
  return new URLSearchParams(question < 0 ? '' : url.slice(question + 1));
}
