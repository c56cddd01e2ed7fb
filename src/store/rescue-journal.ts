import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailable } from '../domain/errors.ts';
import type { RescuedGrant, RescueJournal } from '../domain/rescue.ts';
import type { Log } from '../runtime/log.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';

const ENDING = '.rescued';
// Two that start in one folder at once must not take each other's drafts; in containers both may be process 1.
const THIS_PROCESS = `${process.pid}-${Math.round(performance.timeOrigin * 1_000)}`;

type Entry = Omit<RescuedGrant['grant'], 'accessToken' | 'refreshToken'> & {
  readonly expectedGeneration: number;
  readonly connectionId: string;
  /** Sealed, base64. */
  readonly accessToken: string;
  readonly refreshToken: string | null;
};

/**
 * A rescue journal in a folder of this node: a file per Connection, its tokens sealed for that file.
 *
 * @throws StoreUnavailable  the folder cannot be made or written: better known at start than when it is needed
 */
export function openRescueJournal(folder: string, vault: Vault, log: Pick<Log, 'error'>): RescueJournal {
  try {
    writeWhole(folder, `probe-${THIS_PROCESS}`, '');
    rmSync(join(folder, `probe-${THIS_PROCESS}`));
  } catch (error) {
    throw new StoreUnavailable(`the folder for rescued tokens, ${folder}, cannot be written`, error);
  }
  return {
    keep: (rescued) => writeWhole(folder, fileName(rescued.grant.connection), JSON.stringify(toEntry(rescued, vault))),
    find: (connection) => read(join(folder, fileName(connection)), vault, log),
    list: () =>
      readdirSync(folder)
        .filter((name) => name.endsWith(ENDING))
        .flatMap((name) => read(join(folder, name), vault, log) ?? []),
    forget: (connection) => rmSync(join(folder, fileName(connection)), { force: true }),
  };
}

// A Connection's name may hold what a file's name may not, and two that differ in case must not meet.
function fileName(connection: string): string {
  return createHash('sha256').update(connection).digest('hex') + ENDING;
}

// Whole or not at all: a file that was being written when the machine stopped keeps its other name.
function writeWhole(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `${name}.${THIS_PROCESS}.draft`);
  const descriptor = openSync(draft, 'w', 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, join(folder, name));
  const parent = openSync(folder, 'r');
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}

/** @returns nothing where there is no such file, or it cannot be read: then it is put aside, for a person to look at */
function read(file: string, vault: Vault, log: Pick<Log, 'error'>): RescuedGrant | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return toRescued(JSON.parse(text) as Entry, vault);
  } catch (error) {
    renameSync(file, `${file}.unreadable`);
    log.error('rescue.unreadable', { file: `${file}.unreadable`, error: error instanceof Error ? error.name : typeof error });
    return undefined;
  }
}

function toEntry({ grant, expectedGeneration, connectionId }: RescuedGrant, vault: Vault): Entry {
  return {
    ...grant,
    expectedGeneration,
    connectionId,
    accessToken: Buffer.from(vault.seal(place('access_token', grant), grant.accessToken)).toString('base64'),
    refreshToken: grant.refreshToken ? Buffer.from(vault.seal(place('refresh_token', grant), grant.refreshToken)).toString('base64') : null,
  };
}

function toRescued({ expectedGeneration, connectionId, accessToken, refreshToken, ...rest }: Entry, vault: Vault): RescuedGrant {
  return {
    expectedGeneration,
    connectionId,
    grant: {
      ...rest,
      accessToken: vault.open(place('access_token', rest), Buffer.from(accessToken, 'base64')),
      refreshToken: refreshToken === null ? undefined : vault.open(place('refresh_token', rest), Buffer.from(refreshToken, 'base64')),
      // JSON leaves out what is undefined.
      refreshExpiresAt: rest.refreshExpiresAt,
      refreshRefused: undefined,
      ownerId: rest.ownerId,
      endpointId: rest.endpointId,
      sessionId: rest.sessionId,
    },
  };
}

function place(column: string, { connection, generation }: Pick<RescuedGrant['grant'], 'connection' | 'generation'>): Place {
  return { table: 'rescue', column, row: [connection, generation] };
}
