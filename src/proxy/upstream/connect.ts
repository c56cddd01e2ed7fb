import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, rootCertificates, type SecureContext, type TLSSocket } from 'node:tls';
import type { Intake } from './intake.ts';

/** Opens sockets to one origin. */
export interface Connector {
  /**
   * @param intake  where what is read goes; without it, the socket is an ordinary stream
   * @param done    called once, with the error or without
   */
  connect(intake: Intake | undefined, done: (error?: Error) => void): Socket;
}

const KEEP_ALIVE_DELAY_MS = 30_000;

/**
 * @param origin   of http or https
 * @param trusted  certificates, as PEM, that are trusted besides Node's own
 */
export function createConnector(origin: URL, trusted: string | undefined): Connector {
  // Brackets belong to the address of an URL, not to an address.
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const secure = origin.protocol === 'https:';
  const port = Number(origin.port) || (secure ? 443 : 80);
  // `keepAlive` tells of a machine that went away without a word while a long answer or a WebSocket is silent.
  const way = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS };
  if (!secure) return { connect: (intake, done) => whenConnected(connectTcp({ ...way, ...reading(intake) }), 'connect', done) };

  const name = isIP(host) ? {} : { servername: host };
  // Made once: reading all root certificates takes milliseconds.
  let secureContext: SecureContext | undefined;
  let session: Buffer | undefined;
  return {
    connect(intake, done) {
      secureContext ??= createSecureContext({ minVersion: 'TLSv1.2', ...(trusted !== undefined && { ca: [...rootCertificates, trusted] }) });
      // `rejectUnauthorized` is said, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off.
      const tls = { minVersion: 'TLSv1.2', rejectUnauthorized: true, ALPNProtocols: ['http/1.1'] } as const;
      const socket: TLSSocket = connectTls({ ...way, ...reading(intake), ...name, ...tls, secureContext, ...(session && { session }) });
      socket.on('session', (fresh) => {
        session = fresh;
      });
      return whenConnected(socket, 'secureConnect', (error) => {
        if (error) session = undefined;
        done(error ?? otherProtocol(socket));
      });
    },
  };
}

// Node's types know it for plain sockets only; for TLS it works alike (`tls.connect` hands it on).
function reading(intake: Intake | undefined): object {
  return intake ? { onread: intake.onread } : {};
}

function whenConnected<S extends Socket>(socket: S, event: 'connect' | 'secureConnect', done: (error?: Error) => void): S {
  const settle = (error?: Error) => {
    socket.off(event, connected);
    socket.off('error', settle);
    socket.off('close', closed);
    done(error);
  };
  const connected = () => settle();
  const closed = () => settle(Object.assign(new Error('closed before the connection stood'), { code: 'ECONNRESET' }));
  socket.on(event, connected);
  socket.on('error', settle);
  socket.on('close', closed);
  return socket;
}

function otherProtocol({ alpnProtocol }: TLSSocket): Error | undefined {
  return alpnProtocol === 'http/1.1' || !alpnProtocol ? undefined : new Error(`the other side chose ${alpnProtocol}`);
}
