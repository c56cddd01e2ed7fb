import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { DyingConnection, WeatherStore } from '../domain/weather.ts';
import { toBudget } from './budget-row.ts';
import type { StoreDialect } from './dialect.ts';
import { pageOf, rowsFor, startOf } from './page.ts';
import type { Database } from './schema.ts';
import { STALE_MS } from './turn-queue.ts';

/** What is ahead, out of the database. */
export function weatherStore(db: Database, dialect: StoreDialect): WeatherStore {
  return {
    listBudgets: (apps, now) => listBudgets(db, apps, now),
    listOutlooks: async (now) => {
      const { rows } = await dialect.scan(db, outlooks(now).compile(db));
      return rows.map(({ app, waiting, given_up, lifetime_ms }) => ({
        app,
        waiting: Number(waiting),
        givenUp: Number(given_up),
        lifetimeMs: lifetime_ms ?? undefined,
      }));
    },
    listDying: async (page, by, now) => {
      const { rows } = await dialect.scan(db, dying(dialect, startOf(page), rowsFor(page), by, now).compile(db));
      return pageOf(rows.map(toDying), page);
    },
  };
}

async function listBudgets(db: Database, apps: readonly string[], now: number) {
  if (apps.length === 0) return [];
  const budgets = await db.selectFrom('budgets').selectAll().where('app', 'in', apps).execute();
  const queues = await db
    .selectFrom('token_wants')
    .select(['app', (row) => row.fn.countAll<number | bigint | string>().as('waiting')])
    .where('app', 'in', apps)
    .where('wanted_at', '>', now - STALE_MS)
    .groupBy('app')
    .execute();
  const rowOf = new Map(budgets.map((row) => [row.app, row]));
  const waitingFor = new Map(queues.map(({ app, waiting }) => [app, Number(waiting)]));
  return apps.map((app) => ({ budget: toBudget(app, rowOf.get(app), now), waiting: waitingFor.get(app) ?? 0 }));
}

interface OutlookRow {
  readonly app: string;
  readonly waiting: number | string;
  readonly given_up: number | string;
  readonly lifetime_ms: number | null;
}

// The longest lifetime that the platform has given of late is that of the Grant that dies last.
function outlooks(now: number): RawBuilder<OutlookRow> {
  return sql<OutlookRow>`select a.name as app,
    (select count(*) from token_wants as w where w.app = a.name and w.wanted_at > ${now - STALE_MS}) as waiting,
    (select count(*) from connections as c where c.budget_app = a.name and c.keep_by > ${now} and c.given_up_at is not null) as given_up,
    (select g.refresh_expires_at - g.issued_at from connections as c join grants as g on g.connection = c.name
      where c.budget_app = a.name and c.keep_by is not null order by c.keep_by desc limit 1) as lifetime_ms
    from apps as a order by a.name`;
}

interface DyingRow {
  readonly name: string;
  readonly app: string;
  readonly sign_in_needed_at: number | null;
  readonly sign_in_needed_code: string | null;
  readonly keep_by: number | null;
  readonly given_up_at: number | null;
  readonly jwt_expires_at: number | null;
  readonly expires_at: number | null;
  readonly now: number;
}

/**
 * Connections that die by `by`. One that has a password or signs in alone lives on, but for a JWT that expires by then; a
 * refresh token that cannot be used any more leaves as long as the access token lives.
 */
function dying(dialect: StoreDialect, after: string, limit: number, by: number, now: number): RawBuilder<DyingRow> {
  const expiry = dialect.jsonNumber('d.details', 'expiresAt');
  const good = sql<SqlBool>`d.connection = c.name and d.refused_at is null`;
  const lasting = sql<SqlBool>`exists (select 1 from credentials as d where ${good}
    and (d.kind in ('password', 'client_credentials') or (d.kind = 'jwt' and (${expiry} is null or ${expiry} > ${by}))))`;
  return sql<DyingRow>`select * from (
      select c.name, c.app, c.sign_in_needed_at, c.sign_in_needed_code, c.keep_by, c.given_up_at, g.expires_at, cast(${now} as bigint) as now,
        (select max(${expiry}) from credentials as d where ${good} and d.kind = 'jwt') as jwt_expires_at
      from connections as c left join grants as g on g.connection = c.name
      where c.name > ${after} and (c.sign_in_needed_at is not null or not ${lasting})
    ) as threatened
    where sign_in_needed_at is not null
      or jwt_expires_at is not null
      or (keep_by <= ${now}) or (keep_by <= ${by} and given_up_at is not null)
      or (keep_by is null and expires_at <= ${by})
    order by name limit ${limit}`;
}

function toDying(row: DyingRow): DyingConnection {
  const { name, app } = row;
  if (row.sign_in_needed_at !== null) return { name, app, cause: 'needs-sign-in', at: row.sign_in_needed_at, code: row.sign_in_needed_code ?? '' };
  if (row.jwt_expires_at !== null) return { name, app, cause: 'jwt-expires', at: row.jwt_expires_at };
  if (row.keep_by !== null) return { name, app, cause: row.keep_by <= row.now ? 'too-late' : 'given-up', at: row.keep_by };
  return { name, app, cause: 'cannot-refresh', at: row.expires_at ?? row.now };
}
