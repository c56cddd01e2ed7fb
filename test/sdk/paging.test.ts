import type { AddressInfo } from 'node:net';
import RingCentral from '@rc-ex/core';
import type RestException from '@rc-ex/core/RestException';
import { SDK } from '@ringcentral/sdk';
import { describe, expect, onTestFinished, test } from 'vitest';
import { gateway } from '../http/gateway.ts';
import { failureOf } from './world.ts';

const CALL_LOG = '/restapi/v1.0/account/~/extension/~/call-log';
const CALLS = 23;
const PER_PAGE = 5;

interface CallLogPage {
  readonly records: readonly { readonly id: string; readonly uri: string }[];
  readonly navigation: { readonly nextPage?: { readonly uri: string } };
}

/** A gateway in front of a call log, and a Client's key. */
async function withCalls(rewriteLinks: boolean) {
  const at = await gateway();
  const { ownerId = '' } = await at.tokens.usableGrant('front-desk');
  await fetch(`${at.sandbox.origin}/_sandbox/call-log`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ownerId, count: CALLS }),
  });
  const { body } = await at.manage('POST', 'clients', { name: 'crm', connections: ['front-desk'], rewriteLinks });
  await at.server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    at.server.server.closeAllConnections();
    await at.server.close();
  });
  return { ...at, key: String(body.key), origin: `http://127.0.0.1:${(at.server.server.address() as AddressInfo).port}` };
}

describe('rewriteLinks: a program that follows the links of a list', () => {
  test('@rc-ex/core reads a call log to its end through the gateway', async () => {
    const { origin, key, sandbox } = await withCalls(true);
    const rc = new RingCentral({ server: origin });
    rc.token = { access_token: key };

    const pages: CallLogPage[] = [];
    for (let uri: string | undefined = `${CALL_LOG}?perPage=${PER_PAGE}&dateFrom=2000-01-01T00:00:00Z`; uri !== undefined; ) {
      const page: CallLogPage = (await rc.get<CallLogPage>(uri)).data;
      pages.push(page);
      uri = page.navigation.nextPage?.uri;
    }

    const records = pages.flatMap((page) => page.records);
    expect([pages.length, records.length, new Set(records.map(({ id }) => id)).size]).toEqual([Math.ceil(CALLS / PER_PAGE), CALLS, CALLS]);
    expect(JSON.stringify(pages)).not.toContain(sandbox.origin);
    expect(records.every(({ uri }) => uri.startsWith(`${origin}/restapi/`))).toBe(true);
    const seen = sandbox.requests().filter(({ path }) => path.endsWith('/call-log'));
    expect(seen.map(({ status }) => status)).toEqual(pages.map(() => 200));
  });

  test('@ringcentral/sdk does, too', async () => {
    const { origin, key } = await withCalls(true);
    const sdk = new SDK({ server: origin, clientId: 'none', clientSecret: 'none', cachePrefix: 'paging-' });
    await sdk
      .platform()
      .auth()
      .setData({ access_token: key, token_type: 'bearer', expires_in: '3600', refresh_token: 'none', refresh_token_expires_in: '3600' });

    let records = 0;
    for (let uri: string | undefined = `${CALL_LOG}?perPage=${PER_PAGE}&dateFrom=2000-01-01T00:00:00Z`; uri !== undefined; ) {
      const page: CallLogPage = (await (await sdk.platform().get(uri)).json()) as CallLogPage;
      records += page.records.length;
      uri = page.navigation.nextPage?.uri;
    }

    expect(records).toBe(CALLS);
  });

  test('without it an answer is the platform’s byte for byte, whose links lead to the platform, past the gateway', async () => {
    const { origin, key, sandbox, tokens } = await withCalls(false);
    const rc = new RingCentral({ server: origin });
    rc.token = { access_token: key };
    const query = `${CALL_LOG}?perPage=${PER_PAGE}&dateFrom=2000-01-01T00:00:00Z`;
    const token = (await tokens.usableGrant('front-desk')).accessToken.reveal();
    const direct = await fetch(sandbox.origin + query, { headers: { authorization: `Bearer ${token}` } });
    const through = await fetch(origin + query, { headers: { authorization: `Bearer ${key}` } });

    const [asDirect, asThrough] = [Buffer.from(await direct.arrayBuffer()), Buffer.from(await through.arrayBuffer())];
    const { nextPage } = (JSON.parse(String(asThrough)) as CallLogPage).navigation;
    const failure = await failureOf<RestException>(rc.get(nextPage?.uri ?? ''));

    expect(asThrough.equals(asDirect)).toBe(true);
    expect([nextPage?.uri.startsWith(sandbox.origin), failure.response.status]).toEqual([true, 401]);
  });
});
