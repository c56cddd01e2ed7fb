import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { doctorCommand } from '../../src/cli/doctor.ts';
import type { CliParts, Whereabouts } from '../../src/cli/ports.ts';
import { withManagement } from '../../src/cli/reach.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createManagementClient, overHttp } from '../../src/http/client.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createFetch } from '../../src/runtime/fetch.ts';
import { systemRandom } from '../../src/runtime/random.ts';
import { gateway, TOKEN } from '../http/gateway.ts';

describe('the admin token', () => {
  test('is sent to the gateway that proves that it knows it', async () => {
    const at = await listeningGateway();

    const page = await withManagement(partsAt({ adminOrigin: at }), undefined, (management) => management.list('apps', { limit: 10 }));

    expect(page.items).toMatchObject([{ name: 'demo' }]);
  });

  test.each<[string, RequestListener]>([
    ['says that it is well, and answers everything', (_request, response) => void response.end('{"status":"ok","items":[]}')],
    ['knows the form of a proof', (_request, response) => void response.end(`{"status":"ok","address":"","salt":"s","proof":"${'A'.repeat(43)}"}`)],
    ['proves nothing, however short', (_request, response) => void response.end('{"status":"ok","address":"","salt":"","proof":""}')],
    ['does not know that path', (request, response) => void response.writeHead(isHealth(request) ? 200 : 404).end('{"status":"ok"}')],
    [
      'sends it elsewhere',
      (request, response) => void response.writeHead(isHealth(request) ? 200 : 307, { location: 'http://127.0.0.1:1/' }).end('{"status":"ok"}'),
    ],
    ['never ends its answer', (request, response) => void (isHealth(request) ? response.end('{"status":"ok"}') : response.write('x'.repeat(100_000)))],
  ])('is not sent to something that %s', async (_what, listener) => {
    const { at, seen } = await listening(listener);

    const managing = withManagement(partsAt({ adminOrigin: at }), undefined, (management) => management.list('apps', { limit: 10 }));

    await expect(managing).rejects.toThrow(
      `What answers at ${at} does not prove that it knows the admin token of /srv/data/admin.token, so the token was not sent. If that is your gateway,`,
    );
    expect(seen.map(({ url = '' }) => url.split('?')[0])).toEqual(['/healthz', '/trunkline/api/proof']);
    expect(JSON.stringify(seen)).not.toMatch(/authorization|admin-token/i);
  });

  test('is not sent to a gateway that has another one', async () => {
    const at = await listeningGateway({ adminToken: new Secret('another-admin-token-0123456789') });

    const managing = withManagement(partsAt({ adminOrigin: at }), undefined, (management) => management.list('apps', { limit: 10 }));

    await expect(managing).rejects.toThrow('does not prove that it knows the admin token');
  });

  test('a proof that was used before is none', async () => {
    const real = await listeningGateway();
    const old = await fetch(`${real}/trunkline/api/proof?challenge=${'x'.repeat(43)}`).then((response) => response.text());
    const { at, seen } = await listening((request, response) => void response.end(isHealth(request) ? '{"status":"ok"}' : old));

    const managing = withManagement(partsAt({ adminOrigin: at, named: true }), undefined, (management) => management.list('apps', { limit: 10 }));

    await expect(managing).rejects.toThrow('does not prove');
    expect(JSON.stringify(seen)).not.toMatch(/authorization/i);
  });

  test('is not sent to what passes the challenge on to a gateway elsewhere', async () => {
    const real = await listeningGateway();
    const { at, seen } = await listening(passingOnTo(real));

    const managing = withManagement(partsAt({ adminOrigin: at }), undefined, (management) => management.list('apps', { limit: 10 }));

    await expect(managing).rejects.toThrow(`What answers at ${at} passes on to the gateway at ${new URL(real).host}, so the admin token was not sent`);
    expect(JSON.stringify(seen)).not.toMatch(/authorization/i);
  });

  test('goes through a tunnel to the gateway where a person gave the URL', async () => {
    const { at } = await listening(passingOnTo(await listeningGateway()));

    const page = await withManagement(partsAt({ adminOrigin: at, named: true }), undefined, (management) => management.list('apps', { limit: 10 }));

    expect(page.items).toHaveLength(1);
  });

  test('where nothing answers, the database is used', async () => {
    const { at, close } = await listening(() => undefined);
    await close();

    const managing = withManagement(partsAt({ adminOrigin: at }), undefined, (management) => management.list('apps', { limit: 10 }));

    await expect(managing).rejects.toThrow('the database was opened');
  });

  test('doctor does not send it either, and says so', async () => {
    const { at, seen } = await listening((_request, response) => void response.end('{"status":"ok"}'));
    const printed: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = ((text: string) => printed.push(text) > 0) as typeof write;
    onTestFinished(() => {
      process.stdout.write = write;
    });

    await doctorCommand(partsAt({ adminOrigin: at, database: 'none' }), undefined, {});

    expect(printed.join('')).toMatch(/^fail gateway: at \S+: What answers at \S+ does not prove/m);
    expect(JSON.stringify(seen)).not.toMatch(/authorization/i);
  });
});

describe('GET /trunkline/api/proof', () => {
  test('takes no credential, writes no audit line, and is on the listener for management only', async () => {
    const { ask, manage } = await gateway();
    const data = await gateway({ planes: ['data'] });
    const path = `proof?challenge=${'x'.repeat(43)}`;

    const answers = [await ask('GET', path, undefined), await data.ask('GET', path, undefined)];

    expect(answers.map(({ status }) => status)).toEqual([200, 404]);
    expect(answers[0]?.headers['cache-control']).toBe('no-store');
    expect(answers[0]?.text).not.toContain(TOKEN);
    expect((await manage('GET', 'audit')).body.items).toEqual([]);
  });

  test.each(['proof', 'proof?challenge=short', `proof?challenge=${'x'.repeat(44)}`, `proof?challenge=${'x'.repeat(43)}&address=127.0.0.1:1`])(
    'refuses %s',
    async (path) => {
      const { ask } = await gateway();

      expect(await ask('GET', path, undefined)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    },
  );

  test('says where it was asked, whatever the Host header says', async () => {
    const at = await listeningGateway();

    const { address } = (await fetch(`${at}/trunkline/api/proof?challenge=${'x'.repeat(43)}`, { headers: { host: '127.0.0.1:1' } }).then((response) =>
      response.json(),
    )) as { address: string };

    expect(`http://${address}`).toBe(at);
  });
});

async function listeningGateway(of: Parameters<typeof gateway>[0] = {}): Promise<string> {
  const { server } = await gateway(of);
  await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  return `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
}

/** Something that is no gateway, and all that it was sent. */
async function listening(listener: RequestListener) {
  const seen: { url: string | undefined; headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url, headers: request.headers });
    listener(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return { at: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}

function passingOnTo(origin: string): RequestListener {
  return (request, response) => {
    const { authorization } = request.headers;
    void fetch(origin + request.url, { headers: authorization === undefined ? {} : { authorization } })
      .then((answer) => answer.text())
      .then((text) => response.end(text));
  };
}

function isHealth(request: IncomingMessage): boolean {
  return request.url === '/healthz';
}

function partsAt(where: Partial<Whereabouts>): CliParts<undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-reach-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { fetch: way, close } = createFetch();
  onTestFinished(close);
  const parts: Partial<CliParts<undefined>> = {
    whereabouts: () => ({
      origin: '',
      adminOrigin: '',
      named: false,
      databaseNamed: false,
      adminToken: new Secret(TOKEN),
      adminTokenFrom: '/srv/data/admin.token',
      gatewayKey: undefined,
      database: folder,
      databaseContents: async () => undefined,
      secretFiles: [],
      ...where,
    }),
    openGateway: () => Promise.reject(new Error('the database was opened')),
    connectManagement: (origin, token) => createManagementClient(overHttp(way, origin, token, () => systemClock.deadline(5_000))),
    fetch: way,
    clock: systemClock,
    random: systemRandom,
  };
  return parts as CliParts<undefined>;
}
