import { describe, expect, test } from 'vitest';
import type { Secret } from '../../src/domain/secret.ts';
import { Metrics } from '../../src/http/metrics.ts';
import { refreshGrantRequest } from '../../src/oauth/refresh.ts';
import { processTokenAnswer } from '../../src/oauth/token-answer.ts';
import { createFetch } from '../../src/runtime/fetch.ts';
import { TOKEN_PATH, type World, world } from '../world.ts';

describe('trunkline_refresh_token_presentations', () => {
  test('17: reads 1 for each of ten generations, and 2 for one whose answer was lost', async () => {
    const at = await world();
    const { tokens, sandbox } = at;
    const { refresh, read } = await counting(at);
    let { refreshToken } = await tokens.usableGrant('front-desk');

    for (let generation = 0; generation < 10; generation += 1) refreshToken = await refresh(refreshToken);
    const once = await read();
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { drop: 'after' } });
    await refresh(refreshToken).catch(() => undefined);
    refreshToken = await refresh(refreshToken);
    const lost = await read();
    await sandbox.addFault({ match: { path: TOKEN_PATH }, times: 1, action: { status: 429, headers: { 'Retry-After': '1' } } });
    await refresh(refreshToken).catch(() => undefined);
    await refresh(refreshToken);
    const busy = await read();

    expect(once).toEqual({ 1: 10, 2: 0, more: 0, max: 1 });
    expect(lost).toEqual({ 1: 11, 2: 1, more: 0, max: 2 });
    expect(busy).toEqual({ 1: 12, 2: 1, more: 0, max: 2 });
  });
});

async function counting({ store, clock }: World) {
  const metrics = new Metrics();
  const way = createFetch();
  const fetch = metrics.countTokenRequests(way.fetch, store);
  const app = await store.findApp('demo');
  if (!app) throw new Error('no App');
  return {
    refresh: async (refreshToken: Secret | undefined) => {
      if (!refreshToken) throw new Error('no refresh token');
      const answer = await refreshGrantRequest(app, refreshToken, { fetch, signal: AbortSignal.timeout(10_000) });
      return (await processTokenAnswer(answer, app.platformOrigin, clock.now(), clock.now())).refreshToken;
    },
    read: async () => {
      const text = await metrics.text();
      const of = (presentations: string) => Number(new RegExp(`presentations_total{presentations="${presentations}"} (\\d+)`).exec(text)?.[1]);
      return { 1: of('1'), 2: of('2'), more: of('more'), max: Number(/presentations_max (\d+)/.exec(text)?.[1]) };
    },
  };
}
