import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { LoginAttempt } from '../../src/access/legacy-logins.ts';
import { chooseLogin, type OwnedLogin } from '../../src/domain/client.ts';
import { LoginUnknown } from '../../src/domain/errors.ts';
import { loginName } from '../../src/domain/phone-number.ts';
import type { RingOutSession, RingOutSessionStore } from '../../src/domain/ring-out.ts';
import type { RingOutClaim, RingOutClaimStore } from '../../src/domain/ring-out-claim.ts';
import { createLegacyListener, type LegacyListenerParts } from '../../src/http/legacy/listener.ts';
import { answerParserErrors, LEGACY_SERVER_OPTIONS } from '../../src/http/legacy/parser-error.ts';
import { findFault, refuseWithProblem } from '../../src/http/unclear.ts';
import type { FaxOutApi } from '../../src/legacy/faxout/answer.ts';
import { legacyApiOf } from '../../src/legacy/path.ts';
import { createRingOutApi, type RingOutParts } from '../../src/legacy/ringout/answer.ts';
import { readParameters } from '../../src/legacy/ringout/parameters.ts';
import { TimeKeeper } from '../../src/proxy/time-keeper.ts';
import type { PlatformAnswer, PlatformRequest } from '../../src/ringcentral/calls/request.ts';
import { systemClock } from '../../src/runtime/clock.ts';

export const NOW = 1_700_000_000_000;
export const RING_OUT_ID = 'Y3MxNzE4NDE3NzQxMTY4NzczMEAxMC42Mi4yNC4yMzg';
export const RING_OUT = '/restapi/v1.0/account/~/extension/~/ring-out';
export const FORWARDING_NUMBER = '/restapi/v1.0/account/~/extension/~/forwarding-number';
/** The documents' own user, by name, extension and password. */
export const LOGIN = 'username=18889363711&ext=101&password=1234';

const LOGINS: readonly OwnedLogin[] = [
  { client: 'crm', program: '', username: '18889363711', extension: '101', passwordHash: '1234', connection: 'front-desk' },
  { client: 'crm', program: '', username: '18889363711', extension: '102', passwordHash: '5678', connection: 'back-office' },
];

/** A forwarding number as the platform lists it. */
export function forwarding(phoneNumber: string, label: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { phoneNumber, label, type: 'Other', features: ['CallForwarding', 'CallFlip'], ...more };
}

/** An answer of the platform. */
export function platformAnswer(status: number, body: unknown = ''): PlatformAnswer {
  return { status, headers: new Headers(), text: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** A refusal of the platform, in its shape. */
export function refusal(status: number, code: string): PlatformAnswer {
  return platformAnswer(status, { errorCode: 'InvalidParameter', message: 'Not OK', errors: [{ errorCode: code, message: 'Not OK' }] });
}

/** A RingOut as the platform answers it. */
export function ringOutAnswer(callStatus = 'InProgress', callerStatus = 'InProgress', calleeStatus = 'InProgress'): PlatformAnswer {
  return platformAnswer(200, { id: RING_OUT_ID, status: { callStatus, callerStatus, calleeStatus } });
}

/** A platform that does as it is told, and remembers what it was asked. */
class Platform {
  readonly requests: PlatformRequest[] = [];
  /** Given first, one to a request; an Error is thrown. */
  readonly next: (PlatformAnswer | Error)[] = [];
  numbers: readonly Readonly<Record<string, unknown>>[] = [
    forwarding('+16505553711', 'Home'),
    forwarding('+16505551550', 'Business'),
    forwarding('+16505551233', 'Mobile'),
  ];

  get asked(): readonly string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }

  answer(request: PlatformRequest): PlatformAnswer {
    this.requests.push(request);
    const next = this.next.shift();
    if (next instanceof Error) throw next;
    return next ?? this.#usual(request);
  }

  #usual({ method, path }: PlatformRequest): PlatformAnswer {
    if (path === FORWARDING_NUMBER) return platformAnswer(200, { records: this.numbers, paging: { page: 1, totalPages: 1 } });
    if (method === 'DELETE') return platformAnswer(204);
    return ringOutAnswer();
  }
}

/** RingOut sessions in memory. */
class Sessions implements RingOutSessionStore {
  readonly sessions: RingOutSession[] = [];

  async createSession(session: RingOutSession, now: number): Promise<boolean> {
    if (this.sessions.some(({ sessionId, expiresAt }) => sessionId === session.sessionId && expiresAt > now)) return false;
    this.sessions.push(session);
    return true;
  }

  async findSession(id: string, now: number): Promise<RingOutSession | undefined> {
    return this.sessions.find(({ sessionId, ringOutId, expiresAt }) => (String(sessionId) === id || ringOutId === id) && expiresAt > now);
  }

  async findRepeat(repeatKey: string, since: number): Promise<RingOutSession | undefined> {
    return this.sessions.findLast((session) => session.repeatKey === repeatKey && session.createdAt >= since);
  }

  async endRepeats(sessionId: number): Promise<void> {
    for (const [position, session] of this.sessions.entries()) {
      if (session.sessionId === sessionId) this.sessions[position] = { ...session, repeatKey: undefined };
    }
  }

  async removeExpiredSessions(): Promise<number> {
    return 0;
  }
}

/** Claims in memory. */
class Claims implements RingOutClaimStore {
  readonly claims = new Map<string, RingOutClaim>();

  async takeClaim(claim: RingOutClaim, overBy: number): Promise<boolean> {
    if ((this.claims.get(claim.repeatKey)?.expiresAt ?? 0) > overBy) return false;
    this.claims.set(claim.repeatKey, claim);
    return true;
  }

  async findClaim(repeatKey: string): Promise<RingOutClaim | undefined> {
    return this.claims.get(repeatKey);
  }

  async keepClaim(claim: RingOutClaim): Promise<boolean> {
    if (this.claims.get(claim.repeatKey)?.holder !== claim.holder) return false;
    this.claims.set(claim.repeatKey, claim);
    return true;
  }

  async releaseClaim(repeatKey: string, holder: string): Promise<void> {
    if (this.claims.get(repeatKey)?.holder === holder) this.claims.delete(repeatKey);
  }

  async removeExpiredClaims(): Promise<number> {
    return 0;
  }
}

/** The RingOut API between a platform and a store that the test holds. */
export function world(more: Partial<RingOutParts> = {}) {
  const platform = new Platform();
  const sessions = new Sessions();
  const claims = new Claims();
  const logins: LoginAttempt[] = [];
  const permitted: { client: string; connection: string; address: string; request: PlatformRequest }[] = [];
  const lines: { level: string; event: string; fields: unknown }[] = [];
  const time = { now: NOW };
  // What is drawn, in this order; then 19, 20 and so on.
  const drawn: number[] = [18];
  const bounds: [number, number][] = [];
  let last = 18;
  const log = (level: string) => (event: string, fields?: unknown) => void lines.push({ level, event, fields });

  const parts: RingOutParts = {
    access: {
      findLegacyLogin: async (login) => {
        logins.push(login);
        const name = loginName(login.username, 'US');
        const found = chooseLogin(
          LOGINS.filter(({ username }) => username === name),
          login.extension,
        );
        if (found?.passwordHash !== login.password) throw new LoginUnknown();
        return { client: found.client, connection: found.connection };
      },
      permit: async (client, connection, address, request) => void permitted.push({ client, connection, address, request }),
    },
    call: async (_connection, request) => platform.answer(request),
    sessions,
    claims,
    clock: { now: () => time.now, sleep: systemClock.sleep, deadline: (ms) => AbortSignal.timeout(ms) },
    random: {
      bytes: (length) => new Uint8Array(length),
      integer: (min, max) => {
        bounds.push([min, max]);
        last += 1;
        return drawn.shift() ?? last;
      },
    },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    country: 'US',
    refusedNumbers: [],
    statusCacheMs: 0,
    repeatWindowMs: 0,
    ...more,
  };
  const api = createRingOutApi(parts);
  return {
    platform,
    sessions,
    claims,
    logins,
    permitted,
    lines,
    time,
    drawn,
    bounds,
    api,
    log: parts.log,
    /** What the query, and the form body, are answered with. */
    ask: (query: string, body = '') => api.answer(readParameters(query, body), { address: '192.0.2.7' }),
  };
}

/** Reads a fax to its end, and takes none. */
const NO_FAX: FaxOutApi = {
  answer: async ({ body }) => {
    for await (const _ of body);
    return { digit: '5' };
  },
};

/** A whole front, as the gateway's: the legacy listener, and a stand-in for everything else. */
export async function startFront(
  given: Omit<LegacyListenerParts, 'faxOut' | 'times'> & Partial<LegacyListenerParts>,
  options: object = {},
): Promise<{ port: number; server: Server; stop(): Promise<void> }> {
  const parts = { faxOut: NO_FAX, times: new TimeKeeper(systemClock), ...given };
  const legacy = createLegacyListener(parts);
  const server = createServer({ ...LEGACY_SERVER_OPTIONS, ...options }, (request, response) => {
    if (legacyApiOf(request.url ?? '')) return legacy(request, response);
    const fault = findFault(request);
    if (fault) {
      response.shouldKeepAlive = false;
      return refuseWithProblem(response, fault);
    }
    response.end('elsewhere');
  });
  answerParserErrors(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    server,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? '';
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** Whether the server ended the connection after it. */
  readonly closed: boolean;
}

/** What an exchange may do besides sending and reading. */
export interface SendOptions {
  /** Say at once that nothing more will come. */
  readonly halfClose?: boolean;
  /** Do not wait longer than this for the server to close. */
  readonly patienceMs?: number;
}

/** Sends bytes as they are, and reads one answer. */
export function send(port: number, bytes: Uint8Array, { halfClose = false, patienceMs = 150 }: SendOptions = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    let patience: NodeJS.Timeout | undefined;

    const end = (closed: boolean): void => {
      clearTimeout(patience);
      socket.destroy();
      const answer = readRawAnswer(Buffer.concat(chunks), closed);
      if (answer) resolve(answer);
      else reject(new Error(`no answer, but ${JSON.stringify(Buffer.concat(chunks).toString('latin1'))}`));
    };
    socket.on('error', (error) => (chunks.length > 0 ? end(true) : reject(error)));
    socket.on('end', () => end(true));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (readRawAnswer(Buffer.concat(chunks), false)) patience ??= setTimeout(() => end(false), patienceMs);
    });
    socket.write(bytes);
    if (halfClose) socket.end();
  });
}

/** The first answer in these bytes, if its headers are whole. */
export function readRawAnswer(bytes: Buffer, closed: boolean): RawAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
  if (status < 200) return readRawAnswer(bytes.subarray(end + 4), closed);
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  return { status, headers, body: bytes.subarray(end + 4), closed };
}
