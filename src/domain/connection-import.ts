import type { Connection } from './connection.ts';
import type { Credential } from './credential.ts';

/** A row of an import file as it was read: what it describes, or what is wrong with it. */
export type ImportRow = { readonly line: number } & (
  | { readonly faults: readonly RowFault[] }
  | { readonly connection: Pick<Connection, 'name' | 'app' | 'labels' | 'keep'>; readonly credentials: readonly Credential[] }
);

/** A fault of a row; `field` is a column, empty where the whole row is at fault. */
export interface RowFault {
  readonly field: string;
  readonly message: string;
}

/** A fault and where it is. */
export interface LineFault extends RowFault {
  /** From 1; a header counts. */
  readonly line: number;
}

/** What became of an import. No secret is in it. */
export interface ImportReport {
  /** Whether nothing was stored, because that was asked for. */
  readonly dryRun: boolean;
  readonly rows: number;
  /** Stored now; with `dryRun`, those that would be. */
  readonly imported: number;
  /** There already with the same credential, from an earlier run of the same file for example. */
  readonly alreadyImported: number;
  readonly faulty: number;
  /** Of the faulty rows, the first ones. */
  readonly faults: readonly LineFault[];
  /** How many faults are not listed. */
  readonly faultsLeftOut: number;
}

/** A Connection that is to be stored unproven. */
export interface NewConnection {
  readonly connection: Connection;
  readonly credentials: readonly Credential[];
}

/** What became of one: `present` where one of this name has the same App and the same credentials. */
export type ImportOutcome = 'imported' | 'present' | 'taken';

/** Where imported Connections come to rest. */
export interface ImportStore {
  /**
   * Stores those whose names are not taken, in one transaction. Their names differ.
   *
   * @param dryRun  only look what would become of them
   * @returns what became of each, in their order
   * @throws AppNotFound  nothing was stored
   */
  importConnections(added: readonly NewConnection[], dryRun: boolean): Promise<readonly ImportOutcome[]>;
}
