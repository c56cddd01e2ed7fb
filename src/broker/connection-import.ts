import type { App } from '../domain/app.ts';
import type { ImportOutcome, ImportReport, ImportRow, LineFault, NewConnection, RowFault } from '../domain/connection-import.ts';
import type { Credential } from '../domain/credential.ts';
import { InvalidRequest } from '../domain/errors.ts';
import type { Store } from '../domain/store.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Random, randomText } from '../runtime/random.ts';
import { credentialFaults, withDeadlines } from './credential-checks.ts';
import { FirstLines } from './first-lines.ts';

// One transaction each: between two of them everybody else's writes have their turn.
const BATCH_ROWS = 250;
// Four times what one App's five token requests a minute can prove in the seven days that a refresh token lives; what
// stands twice is seen by some bytes of each that are remembered (see `FirstLines`).
const MOST_ROWS = 200_000;
// More lines nobody reads; the next run shows those that were left out.
const MOST_FAULTS = 10_000;
const ID_BYTES = 12;

/** What an import is handed. */
export interface ImportParts {
  readonly store: Pick<Store, 'findApp' | 'importConnections'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

type GoodRow = Exclude<ImportRow, { readonly faults: readonly RowFault[] }>;

/**
 * Stores Connections in bulk, unproven: nobody is asked whether their credentials are good. Good rows are stored whatever
 * the others are, and a row that is there already is not stored again, so that the same file may be run twice.
 *
 * @param rows  as they are read; they are not waited for longer than a batch
 * @throws InvalidRequest  more rows than an import may have; those before are stored
 * @throws StoreUnavailable  those before are stored
 */
export async function importConnections(parts: ImportParts, rows: AsyncIterable<ImportRow>, dryRun: boolean): Promise<ImportReport> {
  const run = new ImportRun(parts, dryRun);
  for await (const row of rows) await run.take(row);
  return run.end();
}

class ImportRun {
  readonly #parts: ImportParts;
  readonly #dryRun: boolean;
  readonly #apps = new Map<string, App>();
  readonly #linesOf = { name: new FirstLines(), refreshToken: new FirstLines() };
  readonly #faults: LineFault[] = [];
  readonly #count = { rows: 0, imported: 0, alreadyImported: 0, faulty: 0, faultsLeftOut: 0 };
  #batch: { readonly line: number; readonly added: NewConnection }[] = [];

  constructor(parts: ImportParts, dryRun: boolean) {
    this.#parts = parts;
    this.#dryRun = dryRun;
  }

  async take(row: ImportRow): Promise<void> {
    if (this.#count.rows === MOST_ROWS)
      throw new InvalidRequest([{ field: `line ${row.line}`, message: `is more than the ${MOST_ROWS} rows of one import; split the file` }]);
    this.#count.rows += 1;
    const faults = 'faults' in row ? row.faults : await this.#faultsOf(row);
    if ('faults' in row || faults.length > 0) return this.#fault(row.line, faults);
    this.#batch.push({ line: row.line, added: this.#newConnection(row) });
    if (this.#batch.length === BATCH_ROWS) await this.#store();
  }

  async end(): Promise<ImportReport> {
    await this.#store();
    const faults = this.#faults.toSorted((a, b) => a.line - b.line);
    return { dryRun: this.#dryRun, ...this.#count, faults };
  }

  async #store(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    const outcomes = await this.#parts.store.importConnections(
      batch.map(({ added }) => added),
      this.#dryRun,
    );
    for (const [position, { line }] of batch.entries()) this.#note(line, outcomes[position]);
  }

  #note(line: number, outcome: ImportOutcome | undefined): void {
    if (outcome === 'imported') this.#count.imported += 1;
    else if (outcome === 'present') this.#count.alreadyImported += 1;
    else this.#fault(line, [{ field: 'name', message: 'is taken by another Connection, or by this one with other credentials' }]);
  }

  #fault(line: number, faults: readonly RowFault[]): void {
    this.#count.faulty += 1;
    const room = Math.max(0, MOST_FAULTS - this.#faults.length);
    this.#faults.push(...faults.slice(0, room).map((fault) => ({ line, ...fault })));
    this.#count.faultsLeftOut += Math.max(0, faults.length - room);
  }

  async #faultsOf({ line, connection, credentials }: GoodRow): Promise<readonly RowFault[]> {
    const app = await this.#findApp(connection.app);
    if (!app) return [{ field: 'app', message: 'names an App that is not there' }];
    const findApp = (name: string) => this.#findApp(name);
    const found = await credentialFaults(credentials, { app, now: this.#parts.clock.now(), findApp });
    if (found.length > 0) return found.map(({ field, message }) => ({ field: columnOf(field), message }));
    return [...this.#twice('name', connection.name, line), ...credentials.flatMap((credential) => this.#twiceToken(credential, line))];
  }

  // It is single use: the first of two Connections that presents it takes it from the other.
  #twiceToken(credential: Credential, line: number): readonly RowFault[] {
    return credential.kind === 'refresh_token' ? this.#twice('refreshToken', credential.refreshToken.reveal(), line) : [];
  }

  #twice(field: 'name' | 'refreshToken', value: string, line: number): readonly RowFault[] {
    const earlier = this.#linesOf[field].note(value, line);
    return earlier === undefined ? [] : [{ field, message: `is the same as on line ${earlier}` }];
  }

  async #findApp(name: string): Promise<App | undefined> {
    const known = this.#apps.get(name) ?? (await this.#parts.store.findApp(name));
    if (known) this.#apps.set(name, known);
    return known;
  }

  #newConnection({ connection, credentials }: GoodRow): NewConnection {
    const now = this.#parts.clock.now();
    const id = randomText(this.#parts.random, ID_BYTES);
    return { connection: { id, ...connection, ownerId: undefined, signInNeeded: undefined, createdAt: now }, credentials: withDeadlines(credentials, now) };
  }
}

/** `jwt` for `credentials/0/assertion`. */
function columnOf(field: string): string {
  const name = field.replace(/^credentials\/\d+\//, '');
  return name === 'assertion' ? 'jwt' : name;
}
