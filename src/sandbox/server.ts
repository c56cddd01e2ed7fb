import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { Certificates } from './tls/certificates.ts';

/** How a sandbox speaks TLS. */
export interface TlsOptions {
  /** Host names and addresses under which it is reached besides localhost, 127.0.0.1 and ::1. */
  readonly names?: readonly string[];
  /** Where its authority, its certificate and their keys are kept; in memory where it is absent. */
  readonly folder?: string;
}

/** A server that does not listen yet. */
export interface SandboxServer {
  /** The authority that programs are to trust, PEM; absent without TLS. */
  readonly ca?: string;
  /** The file that holds it, where it is kept in one. */
  readonly caFile?: string;
  /** @returns the origin */
  listen(host: string, port: number): Promise<string>;
  /** Ends every connection. */
  stop(): Promise<void>;
}

// RingCentral closes idle connections after about a minute.
const IDLE_CONNECTION_MS = 60_000;
/** What Node's timers take. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface ServerParts {
  readonly tls: TlsOptions | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly stopping: AbortSignal;
}

/** Makes the server, and with TLS its certificates. @throws CertificatesUnusable */
export async function createSandboxServer(listener: RequestListener, { tls, clock, random, stopping }: ServerParts): Promise<SandboxServer> {
  if (!tls) return serving(createHttpServer({ keepAliveTimeout: IDLE_CONNECTION_MS }, listener), 'http');
  // Loaded where it is wanted: a sandbox without TLS starts in a fraction of the time that this takes.
  const { Certificates } = await import('./tls/certificates.ts');
  const certificates = await Certificates.open({ folder: tls.folder, names: tls.names ?? [], random }, clock.now());
  const server = createHttpsServer({ keepAliveTimeout: IDLE_CONNECTION_MS, ...certificates.server }, listener);
  void keepCertificate(server, certificates, clock, stopping);
  const { ca, caFile } = certificates;
  return { ...serving(server, 'https'), ca, ...(caFile !== undefined && { caFile }) };
}

/** Renews the certificate of a sandbox that runs for a year; resolves when it stops. */
async function keepCertificate(server: HttpsServer, certificates: Certificates, clock: Clock, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const ahead = certificates.renewAt - clock.now();
    await clock.sleep(Math.min(Math.max(ahead, 0), LONGEST_TIMER_MS), stopping).catch(() => {});
    if (stopping.aborted || clock.now() < certificates.renewAt) continue;
    await certificates.renew(clock.now());
    server.setSecureContext(certificates.server);
  }
}

function serving(server: Server | HttpsServer, scheme: 'http' | 'https'): Pick<SandboxServer, 'listen' | 'stop'> {
  return {
    listen: async (host, port) => {
      server.listen(port, host);
      await once(server, 'listening');
      const { port: chosen } = server.address() as AddressInfo;
      return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${chosen}`;
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
