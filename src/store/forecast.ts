import { sql } from 'kysely';
import type { DeadlineCount, ForecastStore } from '../domain/forecast.ts';
import type { StoreDialect } from './dialect.ts';
import type { Database } from './schema.ts';

const HOUR_MS = 3_600_000;

// What has died already would make everything else look late, for as long as nobody asks for its token.
const deadlineCounts = (now: number) => sql<DeadlineCount>`select budget_app as app, keep_by / ${sql.lit(HOUR_MS)} as hour, count(*) as connections
  from connections where keep_by > ${now} and budget_app is not null and given_up_at is null group by 1, 2 order by 1, 2`;

/** The forecast out of the database. */
export function forecastStore(db: Database, dialect: StoreDialect): ForecastStore {
  return {
    countDeadlines: async (now) => (await dialect.scan(db, deadlineCounts(now).compile(db))).rows,
  };
}
