import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Tokens } from '../broker/tokens.ts';
import type { AppWeather, Weather } from '../broker/weather.ts';
import type { AppStore } from '../domain/app.ts';
import type { ConnectionStore } from '../domain/connection.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Store } from '../domain/store.ts';
import type { FaxOutApi } from '../legacy/faxout/answer.ts';
import { DIGIT } from '../legacy/faxout/digit.ts';
import type { RingOutApi } from '../legacy/ringout/answer.ts';
import { FAILED } from '../legacy/ringout/failed.ts';
import { findCommand } from '../legacy/ringout/index.ts';
import type { ProxyOutcome } from '../proxy/proxy.ts';
import type { Upstreams } from '../proxy/upstreams.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Fetch } from '../runtime/fetch.ts';
import { AppNames } from './app-names.ts';
import { Presentations } from './presentations.ts';
import { Tally } from './tally.ts';
import { tokenRequestIn } from './token-request-seen.ts';

// Whoever calls can make up others.
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
// By the line that an old program gets.
const FAILED_NAMES: ReadonlyMap<string, string> = new Map(Object.entries(FAILED).map(([name, text]) => [text, name]));

/**
 * What a gateway counts, in a registry of its own.
 *
 * A label's values come from what the operator made (Apps) or from what is known here (codes, commands, route
 * templates): whoever calls can add none.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #sent = this.#counter('trunkline_platform_token_requests_total', 'Refreshes and sign-ins that were sent to the platform.', [
    'app',
    'grant_type',
    'outcome',
  ]);
  readonly #asked = this.#counter('trunkline_token_requests_total', 'Callers, inside and outside, that asked for an access token.', ['app', 'outcome']);
  readonly #legacy = this.#counter('trunkline_legacy_requests_total', 'Commands of old programs.', ['command', 'outcome']);
  readonly #http = this.#counter('trunkline_http_requests_total', 'Requests to routes of our own.', ['method', 'route', 'status']);
  readonly #forwarded = this.#counter('trunkline_forwarded_requests_total', 'Requests for the platform and RingCX, by what their callers got.', [
    'method',
    'status',
    'code',
  ]);
  readonly #askedTally = new Tally(this.#asked, ['app', 'outcome']);
  readonly #forwardedTally = new Tally(this.#forwarded, ['method', 'status', 'code']);
  readonly #waiting = new Gauge({
    name: 'trunkline_token_callers_waiting',
    help: 'Callers that wait for an access token now.',
    registers: [this.#registry],
  });

  readonly #presented = this.#counter(
    'trunkline_refresh_token_presentations_total',
    'Generations whose refresh token was presented once, twice, more often: more than once only where an answer was unclear.',
    ['presentations'],
  );
  readonly #mostPresented = new Gauge({
    name: 'trunkline_refresh_token_presentations_max',
    help: 'How often one refresh token was presented, at most.',
    registers: [this.#registry],
  });
  readonly #presentations = new Presentations();
  #most = 0;

  readonly #turns = this.#counter('trunkline_turns_total', 'Slots of a budget that were taken to win a token, by what for.', ['app', 'cause']);
  readonly #backOffs = this.#counter('trunkline_back_offs_total', 'Connections that are left alone for a while, by why.', ['code']);
  readonly #pauses = this.#counter('trunkline_app_pauses_total', 'Times in which no token request of an App leaves, by why.', ['app', 'code']);
  readonly #budgetGauges = {
    limit: this.#gauge('trunkline_budget_slots', 'Token requests that the App may send in its window.', ['app']),
    taken: this.#gauge('trunkline_budget_slots_taken', 'Token requests of the App in the window that ends now.', ['app']),
    waiting: this.#gauge('trunkline_budget_waiting', 'Connections that callers wait for in the queue of the App.', ['app']),
    kept: this.#gauge('trunkline_grants_kept', 'Grants that are kept alive.', ['app']),
    givenUp: this.#gauge('trunkline_grants_given_up', 'Grants that the budget of the App does not reach to keep alive.', ['app']),
    paused: this.#gauge('trunkline_app_paused', '1 while no token request of the App leaves.', ['app', 'code']),
  };
  readonly #sockets = this.#gauge('trunkline_upstream_sockets', 'Sockets to the platform and RingCX, of all origins; busy: a request is on it.', ['state']);
  readonly #upstreamWaiting = this.#gauge('trunkline_upstream_requests_waiting', 'Requests that wait for a socket to the platform or RingCX.', []);
  readonly #upstreams = this.#gauge('trunkline_upstreams', 'Origins that requests were sent to, by the state of their circuit breaker.', ['breaker']);
  #ways: Pick<Upstreams, 'totals'> | undefined;
  #budgets: { readonly weather: Pick<Weather, 'listAppsOfLate'>; readonly clock: Pick<Clock, 'now'> } | undefined;

  constructor() {
    for (const presentations of ['1', '2', 'more']) this.#presented.inc({ presentations }, 0);
    collectDefaultMetrics({ register: this.#registry });
  }

  /** The media type of `text()`. */
  readonly contentType = this.#registry.contentType;

  /** Everything, as Prometheus reads it. */
  async text(): Promise<string> {
    await this.#readBudgets();
    this.#readUpstreams();
    this.#askedTally.settle();
    this.#forwardedTally.settle();
    return this.#registry.metrics();
  }

  /** Has the ways to the platform and RingCX be looked at whenever somebody asks. */
  watchUpstreams(upstreams: Pick<Upstreams, 'totals'>): void {
    this.#ways = upstreams;
  }

  /** Has the budgets be read whenever somebody asks; they are every node's. */
  watchBudgets(weather: Pick<Weather, 'listAppsOfLate'>, clock: Pick<Clock, 'now'>): void {
    this.#budgets = { weather, clock };
  }

  /** The same store; slots that are taken, back-offs and pauses are counted. */
  countTurns<Counted extends Pick<Store, 'takeTurn' | 'takeNextTurn' | 'giveBackLease' | 'setPause'>>(store: Counted): Counted {
    const counting = <Taken extends Awaited<ReturnType<Store['takeTurn']>> | Awaited<ReturnType<Store['takeNextTurn']>>>(outcome: Taken): Taken => {
      if (outcome.outcome === 'taken') this.#turns.inc({ app: outcome.turn.app, cause: outcome.turn.cause });
      return outcome;
    };
    return {
      ...store,
      takeTurn: async (seeker, taking) => counting(await store.takeTurn(seeker, taking)),
      takeNextTurn: async (app, taking) => counting(await store.takeNextTurn(app, taking)),
      giveBackLease: async (connection, holder, end) => {
        await store.giveBackLease(connection, holder, end);
        if (end.retry) this.#backOffs.inc({ code: end.retry.code });
      },
      setPause: async (app, pause) => {
        await store.setPause(app, pause);
        if (pause) this.#pauses.inc({ app, code: pause.code });
      },
    };
  }

  /** The same way out; requests to a token endpoint are counted. */
  countTokenRequests(fetch: Fetch, apps: Pick<AppStore, 'listApps'>): Fetch {
    const names = new AppNames(apps);
    return async (url, init) => {
      const request = tokenRequestIn(url, init);
      if (!request) return fetch(url, init);
      const { grantType, refreshToken, client } = request;
      let outcome = 'unreachable';
      try {
        const response = await fetch(url, init);
        outcome = outcomeOf(response.status);
        return response;
      } finally {
        // Inside a penalty the platform has not looked at it.
        if (refreshToken !== undefined && outcome !== 'busy') this.#countPresentation(refreshToken);
        const app = client === undefined ? '' : await names.find(client.origin, client.id);
        this.#sent.inc({ app, grant_type: grantType, outcome });
      }
    };
  }

  /** Counts whoever asks for a token, and how it ends. */
  watchTokens(tokens: Tokens, connections: Pick<ConnectionStore, 'findConnection'>): void {
    const peekGrant = tokens.peekGrant.bind(tokens);
    tokens.peekGrant = (connection) => {
      const grant = peekGrant(connection);
      if (grant) this.#askedTally.add(`${grant.app}\nok`);
      return grant;
    };
    const usableGrant = tokens.usableGrant.bind(tokens);
    tokens.usableGrant = async (connection, onBehalf) => {
      this.#waiting.inc();
      try {
        const grant = await usableGrant(connection, onBehalf);
        this.#askedTally.add(`${grant.app}\nok`);
        return grant;
      } catch (error) {
        const app = (await connections.findConnection(connection).catch(() => undefined))?.app ?? '';
        this.#askedTally.add(`${app}\n${error instanceof GatewayError ? error.code : 'internal'}`);
        throw error;
      } finally {
        this.#waiting.dec();
      }
    };
  }

  /** Counts a request that was forwarded, or was to be. */
  countForwarded({ method, status, code }: Pick<ProxyOutcome, 'method' | 'status' | 'code'>): void {
    this.#forwardedTally.add(`${METHODS.has(method) ? method : 'other'}\n${status}\n${code ?? ''}`);
  }

  /** The same API; its commands are counted. */
  countCommands(ringOut: RingOutApi): RingOutApi {
    return {
      answer: async (parameters, caller) => {
        const body = await ringOut.answer(parameters, caller);
        const outcome = body.startsWith('OK') ? 'ok' : (FAILED_NAMES.get(body) ?? 'other');
        this.#legacy.inc({ command: findCommand(parameters.cmd) ?? 'unknown', outcome });
        return body;
      },
    };
  }

  /** The same of the old fax interface. */
  countFaxes(faxOut: FaxOutApi): FaxOutApi {
    return {
      answer: async (request) => {
        const answer = await faxOut.answer(request);
        this.#legacy.inc({ command: 'fax', outcome: answer.digit === DIGIT.accepted ? 'ok' : answer.digit });
        return answer;
      },
    };
  }

  /** Counts the requests of a server by their route's template, never by their path. */
  countRequests(server: FastifyInstance): void {
    server.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url;
      this.#http.inc({ method: route === undefined ? 'other' : request.method, route: route ?? 'other', status: String(reply.statusCode) });
    });
  }

  #countPresentation(refreshToken: string): void {
    const times = this.#presentations.add(refreshToken);
    this.#most = Math.max(this.#most, times);
    this.#mostPresented.set(this.#most);
    if (times <= 3) this.#presented.inc({ presentations: times === 3 ? 'more' : String(times) });
  }

  async #readBudgets(): Promise<void> {
    // While the database is away the rest is told all the same.
    const apps = await this.#budgets?.weather.listAppsOfLate().catch(() => undefined);
    if (!apps) return;
    // An App that was removed is told of no more.
    for (const gauge of Object.values(this.#budgetGauges)) gauge.reset();
    for (const app of apps) this.#tellBudget(app, this.#budgets?.clock.now() ?? 0);
  }

  #readUpstreams(): void {
    if (!this.#ways) return;
    const { sockets, waiting, breakers } = this.#ways.totals();
    for (const [state, count] of Object.entries(sockets)) this.#sockets.set({ state }, count);
    for (const [breaker, count] of Object.entries(breakers)) this.#upstreams.set({ breaker }, count);
    this.#upstreamWaiting.set(waiting);
  }

  #tellBudget({ app, budget, waiting, kept, givenUp }: AppWeather, now: number): void {
    const gauges = this.#budgetGauges;
    const { limit, windowMs, slots, pause } = budget;
    if (limit !== undefined) {
      gauges.limit.set({ app }, limit);
      gauges.taken.set({ app }, slots.filter((at) => at > now - windowMs).length);
    }
    gauges.waiting.set({ app }, waiting);
    gauges.kept.set({ app }, kept);
    gauges.givenUp.set({ app }, givenUp);
    if (pause && pause.until > now) gauges.paused.set({ app, code: pause.code }, 1);
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry] });
  }
}

function outcomeOf(status: number): string {
  if (status >= 200 && status < 300) return 'ok';
  if (status === 429) return 'busy';
  return status < 500 ? 'refused' : 'error';
}
