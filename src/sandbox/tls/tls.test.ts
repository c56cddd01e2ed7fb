import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemRandom } from '../../runtime/random.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../start.ts';
import { Certificates } from './certificates.ts';

const DAY_MS = 24 * 3_600_000;
const NOW = Date.now();

describe('a sandbox with TLS', () => {
  test.each([['127.0.0.1'], ['::1'], ['localhost']])('answers https at %s to a program that trusts its authority', async (host) => {
    const sandbox = await started({ tls: true, host });

    const { status } = await ask(sandbox, '/restapi');

    expect([new URL(sandbox.origin).protocol, status]).toEqual(['https:', 200]);
    expect(sandbox.consoleUrl).toBe(`${sandbox.origin}/_sandbox/console`);
  });

  test('is not trusted by a program that was not told to', async () => {
    const sandbox = await started({ tls: true });

    await expect(ask({ origin: sandbox.origin }, '/restapi')).rejects.toThrow(/unable to verify|self-signed|SELF_SIGNED/i);
  });

  test('its certificate is for this machine and the names that were given, and for nothing else', async () => {
    const sandbox = await started({ tls: { names: ['platform.test', '192.0.2.7'] } });

    const certificate = await certificateOf(sandbox);

    expect(certificate.subjectaltname?.split(', ').sort()).toEqual([
      'DNS:localhost',
      'DNS:platform.test',
      'IP Address:0:0:0:0:0:0:0:1',
      'IP Address:127.0.0.1',
      'IP Address:192.0.2.7',
    ]);
    expect(certificate.ext_key_usage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  test('speaks of https in what it answers: links, JWTs', async () => {
    const sandbox = await started({ tls: true });
    const { jwt } = await sandbox.issueJwt({ username: '18889363711', extension: '101' });

    const { text } = await ask(sandbox, '/restapi');

    expect(text).toContain(sandbox.origin);
    expect(JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({ iss: sandbox.origin });
  });

  test('its controls answer its own origin and not the same host without TLS', async () => {
    const sandbox = await started({ tls: true });
    const { host } = new URL(sandbox.origin);

    const own = await ask(sandbox, '/_sandbox/overview', { origin: `https://${host}` });
    const other = await ask(sandbox, '/_sandbox/overview', { origin: `http://${host}` });

    expect([own.status, other.status]).toEqual([200, 403]);
  });

  test('keeps its certificates beside its file, keys for their owner only, and trust outlives a restart', async () => {
    const folder = temporaryFolder();
    const first = await started({ tls: true, file: join(folder, 'sandbox.db') });
    const { ca, caFile } = first;
    await first.close();

    const second = await started({ tls: true, file: join(folder, 'sandbox.db') });

    expect(second.ca).toBe(ca);
    expect(caFile).toBe(join(folder, 'sandbox-tls', 'ca.pem'));
    expect(readFileSync(caFile ?? '', 'utf8')).toBe(ca);
    const modes = readdirSync(join(folder, 'sandbox-tls')).map((name) => [name, (statSync(join(folder, 'sandbox-tls', name)).mode & 0o777).toString(8)]);
    expect(Object.fromEntries(modes)).toMatchObject({ 'authority.pem': '600', 'server.pem': '600' });
    expect(ca).not.toContain('PRIVATE');
  });

  test('refuses plain HTTP on its port, and answers the next one all the same', async () => {
    const sandbox = await started({ tls: true });

    await expect(fetch(sandbox.origin.replace('https', 'http'))).rejects.toThrow('fetch failed');

    expect((await ask(sandbox, '/restapi')).status).toBe(200);
  });
});

describe('the certificates', () => {
  test('the server one is made anew before it expires, by the same authority', async () => {
    const folder = temporaryFolder();
    const first = await Certificates.open({ folder, names: [], random: systemRandom }, NOW);
    const same = await Certificates.open({ folder, names: [], random: systemRandom }, first.renewAt - DAY_MS);
    const renewed = await Certificates.open({ folder, names: [], random: systemRandom }, first.renewAt + DAY_MS);

    expect(same.server).toEqual(first.server);
    expect(renewed.server.cert).not.toBe(first.server.cert);
    expect(renewed.ca).toBe(first.ca);
    expect(new X509Certificate(renewed.server.cert).verify(new X509Certificate(first.ca).publicKey)).toBe(true);
    expect(first.renewAt).toBeGreaterThan(NOW + 300 * DAY_MS);
  });

  test('renew makes it anew while it serves', async () => {
    const certificates = await Certificates.open({ folder: undefined, names: [], random: systemRandom }, NOW);
    const { cert } = certificates.server;

    await certificates.renew(NOW + 380 * DAY_MS);

    expect(certificates.server.cert).not.toBe(cert);
    expect(certificates.renewAt).toBeGreaterThan(NOW + 700 * DAY_MS);
  });

  test('a name more makes the server one anew; a name less does not', async () => {
    const folder = temporaryFolder();
    const open = (names: readonly string[]) => Certificates.open({ folder, names, random: systemRandom }, NOW);

    const [none, one, less] = [await open([]), await open(['platform.test']), await open([])];

    expect(one.server).not.toEqual(none.server);
    expect(less.server).toEqual(one.server);
  });

  test('an authority that is about to expire is made anew, and the server one with it', async () => {
    const folder = temporaryFolder();
    const first = await Certificates.open({ folder, names: [], random: systemRandom }, NOW);

    const later = await Certificates.open({ folder, names: [], random: systemRandom }, NOW + 3_640 * DAY_MS);

    expect(later.ca).not.toBe(first.ca);
    expect(new X509Certificate(later.server.cert).verify(new X509Certificate(later.ca).publicKey)).toBe(true);
  });

  test('the authority may vouch for servers only, and not for another authority', async () => {
    const { ca } = await Certificates.open({ folder: undefined, names: [], random: systemRandom }, NOW);

    expect(new X509Certificate(ca).ca).toBe(true);
    expect(new X509Certificate(ca).checkIssued(new X509Certificate(ca))).toBe(true);
  });

  test('a file that holds something else is said, with what to do', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'authority.pem'), 'nothing');

    await expect(Certificates.open({ folder, names: [], random: systemRandom }, NOW)).rejects.toThrow(
      /authority\.pem holds no certificate with its key; remove the folder/,
    );
  });
});

async function started(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

function ask(
  { origin, ca }: Pick<Sandbox, 'origin'> & { readonly ca?: string },
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(origin + path, { headers, agent: false, ...(ca !== undefined && { ca }) }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asking.on('error', reject);
    asking.end();
  });
}

async function certificateOf({ origin, ca }: Sandbox): Promise<PeerCertificate> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(origin).port), ca: ca ?? '' });
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerCertificate();
  socket.destroy();
  return certificate;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
