import type { Clock } from '../src/runtime/clock.ts';
import { systemRandom } from '../src/runtime/random.ts';
import type { Subject } from '../src/sandbox/authorization/session.ts';
import { DEMO_DATA } from '../src/sandbox/demo.ts';
import type { SandboxData } from '../src/sandbox/directory.ts';
import { usualFirstDay } from '../src/sandbox/first-day.ts';
import { forgetfulJournal } from '../src/sandbox/forgetful-journal.ts';
import { answerPlatform } from '../src/sandbox/platform.ts';
import { PlatformRequest } from '../src/sandbox/wire/platform-request.ts';
import { World } from '../src/sandbox/world.ts';
import { StillClock } from './sandbox-world.ts';

const HOUR_MS = 3_600_000;
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** An answer, read. */
export interface InsideReply {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** A sandbox's world without HTTP: for what cannot be seen from outside, and for sessions that no grant here gives. */
export function inside(data: SandboxData = DEMO_DATA, clock: Clock = new StillClock()) {
  const world = new World({
    firstDay: usualFirstDay(data, 'platform'),
    clock,
    random: systemRandom,
    log: SILENT,
    journal: forgetfulJournal(),
    fetch: () => Promise.reject(new Error('nobody is called')),
  });
  world.origin = 'http://sandbox.test';
  world.settings.set({ ...world.settings.current, limitScale: 0 });
  return {
    world,
    /** Moves the clock, and has happen what is due. */
    advance: (ms: number) => {
      world.settings.set({ ...world.settings.current, clockOffsetMs: world.settings.current.clockOffsetMs + ms });
      world.agenda.clockMoved();
    },
    /** Opens a session for an app of the data, and asks with its token. */
    as: (subject: Subject, clientId = data.apps[0]?.clientId ?? '') => {
      const app = world.directory.findApp(clientId);
      if (!app) throw new TypeError(`there is no app ${clientId}`);
      const lifetimes = { accessMs: 48 * HOUR_MS, refreshMs: 0 };
      const { current } = world.sessions.signIn({ app, subject, endpointId: 'test', lifetimes, scope: undefined, identity: undefined });
      return async (method: string, target: string, body?: object): Promise<InsideReply> => {
        const [path = '', query = ''] = target.split('?');
        const headers = { authorization: `Bearer ${current.accessToken}`, ...(body && { 'content-type': 'application/json' }) };
        const request = new PlatformRequest({ method, path, query, headers }, Buffer.from(body ? JSON.stringify(body) : ''));
        const answer = await answerPlatform(world, request);
        return { status: answer.status, json: String(answer.body).startsWith('{') ? (JSON.parse(String(answer.body)) as Record<string, unknown>) : {} };
      };
    },
  };
}
