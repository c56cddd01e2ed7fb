import { type CompiledQuery, type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import { ConnectionNotFound, StoreUnavailable } from '../domain/errors.ts';
import type { CompoundStatement, CompoundTransaction, StoreDialect } from './dialect.ts';
import { keepBy } from './keeping.ts';
import { prepared, type Value } from './prepared.ts';
import type { Database, GrantTable } from './schema.ts';

/** A Grant as a row, and by what its save is judged. */
export interface GrantSave extends GrantTable {
  readonly expectedGeneration: number;
  readonly connectionId: string;
  /** From when on its access token is no longer handed out. */
  readonly usableUntil: number;
  /** When a caller made it be won; 0 where none did. */
  readonly usedAt: number;
}

/**
 * Saves a row durably, where the stored generation is the expected one and the Connection the one that was meant.
 *
 * @returns false where another generation is stored
 * @throws ConnectionNotFound, StoreUnavailable
 */
export type SaveRow = (save: GrantSave) => Promise<boolean>;

/** How rows are saved on this database. */
export function rowSaver(db: Database, { compound }: StoreDialect): SaveRow {
  if (compound.by === 'statement') return singleSaves(db, compound);
  const saves = new GroupedSaves(db, compound);
  return (save) => saves.save(save);
}

// So many wait for one sync of the disk at most; with more, whoever else writes would wait long for its turn.
const MOST_IN_GROUP = 128;

interface Waiting {
  readonly save: GrantSave;
  resolve(saved: boolean): void;
  reject(error: unknown): void;
}

/**
 * Saves that come while another transaction is under way become one transaction together: many rotations, one sync of
 * the disk. One that comes alone does not wait for company.
 */
class GroupedSaves {
  readonly #db: Database;
  readonly #compound: CompoundTransaction;
  readonly #statements: (save: GrantSave) => readonly CompiledQuery[];
  #gathering: Waiting[] = [];

  constructor(db: Database, compound: CompoundTransaction) {
    this.#db = db;
    this.#compound = compound;
    this.#statements = saveStatements(db);
  }

  save(save: GrantSave): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#gathering.push({ save, resolve, reject });
      // With the first one a turn is asked for; the others join it until it comes.
      if (this.#gathering.length === 1) void this.#saveGroup();
    });
  }

  async #saveGroup(): Promise<void> {
    let group: readonly Waiting[] = [];
    try {
      const results = await this.#compound.run(this.#db, () => {
        group = this.#take();
        return group.flatMap(({ save }) => this.#statements(save));
      });
      for (const [index, { save, resolve, reject }] of group.entries()) {
        const [there, saved] = results.slice(index * STATEMENTS);
        if (there?.rows.length === 0) reject(new ConnectionNotFound(save.connection));
        else resolve(saved?.numAffectedRows === 1n);
      }
    } catch (error) {
      // Without a turn nobody was taken yet.
      await this.#failed(group.length > 0 ? group : this.#take(), error);
    }
  }

  #take(): readonly Waiting[] {
    const group = this.#gathering.splice(0, MOST_IN_GROUP);
    if (this.#gathering.length > 0) void this.#saveGroup();
    return group;
  }

  // A database that cannot be used fails for all. Anything else is the fault of one save, and must not cost the others.
  async #failed(group: readonly Waiting[], error: unknown): Promise<void> {
    if (group.length === 1 || error instanceof StoreUnavailable) {
      for (const { reject } of group) reject(error);
      return;
    }
    for (const { save, resolve, reject } of group) await this.#saveAlone(save).then(resolve, reject);
  }

  async #saveAlone(save: GrantSave): Promise<boolean> {
    const [there, saved] = await this.#compound.run(this.#db, () => this.#statements(save));
    if (there?.rows.length === 0) throw new ConnectionNotFound(save.connection);
    return saved?.numAffectedRows === 1n;
  }
}

// Is the Connection there; save; note it on the Connection.
const STATEMENTS = 3;

function saveStatements(db: Database): (save: GrantSave) => readonly CompiledQuery[] {
  const there = prepared<GrantSave, unknown>((value) =>
    db.selectFrom('connections').select('name').where('name', '=', value('connection')).where('id', '=', value('connectionId')),
  );
  const save = prepared<GrantSave, unknown>((value) => saveGrant(db, value, sql<SqlBool>`true`));
  // What is sealed is never the same twice, so by it a save knows its own row.
  const note = prepared<GrantSave, unknown>((value) =>
    noteGrant(
      db,
      value,
      undefined,
      sql<SqlBool>`exists (select 1 from grants where connection = ${value('connection')} and access_token = ${value('access_token')})`,
    ),
  );
  return (values) => [there(values), save(values), note(values)];
}

// A save of the same Connection that had to be waited for is over then; only others that came between can be in the way.
const ATTEMPTS = 5;

function singleSaves(db: Database, { rowVersion }: CompoundStatement): SaveRow {
  const statement = prepared<GrantSave, SingleSave>((value) => singleSave(db, rowVersion, value));
  return async (save) => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const { rows } = await db.executeQuery(statement(save));
      const [outcome] = rows;
      if (!outcome?.there) throw new ConnectionNotFound(save.connection);
      if (outcome.current) return outcome.saved;
    }
    throw new StoreUnavailable('other changes of the same Connection stayed in the way; try again');
  };
}

/** What a save in one statement says: whether the Connection is there, was not changed meanwhile, and has the Grant now. */
interface SingleSave {
  readonly there: boolean;
  readonly current: boolean;
  readonly saved: boolean;
}

// Held, so that neither another save nor a Connection that takes the name can come between. What had to be waited for has
// changed the row: then nothing is done, for what else the statement sees is from before.
function singleSave(db: Database, rowVersion: RawBuilder<unknown>, value: Value<GrantSave>) {
  return db
    .with('held', (made) =>
      made
        .selectFrom('connections')
        .select(rowVersion.as('version'))
        .where('name', '=', value('connection'))
        .where('id', '=', value('connectionId'))
        .forUpdate(),
    )
    .with('current', (made) =>
      made
        .selectFrom('held')
        .select('version')
        .where('version', '=', sql`(select ${rowVersion} from connections where name = ${value('connection')})`),
    )
    .with('saved', (made) => saveGrant(made, value, sql<SqlBool>`exists (select 1 from current)`).returningAll())
    .with('noted', (made) => noteGrant(made, value, sql`saved`, sql<SqlBool>`exists (select 1 from saved)`))
    .selectNoFrom([
      sql<boolean>`exists (select 1 from held)`.as('there'),
      sql<boolean>`exists (select 1 from current)`.as('current'),
      sql<boolean>`exists (select 1 from saved)`.as('saved'),
    ]);
}

type Builder = Pick<Database, 'insertInto' | 'selectFrom' | 'updateTable'>;

const COLUMNS = [
  'connection',
  'app',
  'generation',
  'access_token',
  'issued_at',
  'expires_at',
  'refresh_token',
  'refresh_expires_at',
  'owner_id',
  'scope',
  'endpoint_id',
  'session_id',
  'refresh_refused_at',
  'refresh_refused_code',
] as const satisfies readonly (keyof GrantTable)[];

// A key that is set, to the same value too, has its index written and its references checked.
const REPLACED = COLUMNS.filter((column) => column !== 'connection');

/** A first Grant where none is stored, a next one where the expected one is. */
function saveGrant(db: Builder, value: Value<GrantSave>, condition: Expression<SqlBool>) {
  return db
    .insertInto('grants')
    .columns(COLUMNS)
    .expression(
      db
        .selectFrom('connections')
        .select(COLUMNS.map((column) => sql`${value(column)}`.as(column)))
        .where('name', '=', value('connection'))
        .where('id', '=', value('connectionId'))
        .where(sql<number>`coalesce((select generation from grants where connection = ${value('connection')}), 0)`, '=', value('expectedGeneration'))
        .where(condition),
    )
    .onConflict((conflict) =>
      conflict
        .column('connection')
        .doUpdateSet((row) => Object.fromEntries(REPLACED.map((column) => [column, row.ref(`excluded.${column}`)])))
        .where('grants.generation', '=', value('expectedGeneration')),
    );
}

/**
 * What a new Grant changes of its Connection: the first one says whose it is, any ends the need for a sign-in, and from now
 * on it is kept by the new one's times.
 */
function noteGrant(db: Builder, value: Value<GrantSave>, grants: RawBuilder<unknown> | undefined, condition: Expression<SqlBool>) {
  return db
    .updateTable('connections')
    .set({
      owner_id: sql<string | null>`coalesce(owner_id, ${value('owner_id')})`,
      sign_in_needed_at: null,
      sign_in_needed_code: null,
      keep_by: keepBy(grants),
      fresh_at: sql<number | null>`case when keep = 'fresh' then cast(${value('usableUntil')} as bigint) end`,
      budget_app: value('app'),
      given_up_at: null,
      used_at: sql<number>`case when used_at < cast(${value('usedAt')} as bigint) then cast(${value('usedAt')} as bigint) else used_at end`,
    })
    .where('name', '=', value('connection'))
    .where(condition);
}
