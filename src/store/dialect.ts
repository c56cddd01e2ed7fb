/** The few things in which databases differ; everything else in this room is the same for all of them. */
export interface StoreDialect {
  /** The column type of a sealed value. */
  readonly bytesType: 'blob' | 'bytea';
  /** Statements after which the rows of a table can be added, but neither changed nor removed. */
  appendOnly(table: string): readonly string[];
  /**
   * Statements after which the rows of such a table can be removed where their `seq` is lower than the `first_seq` of its
   * anchor, which only rises, and never beyond the newest row.
   */
  removableBefore(table: string, anchor: string): readonly string[];
  /** Whether a statement failed because what it refers to is not there, or because something refers to what it removes. */
  isBrokenReference(error: unknown): boolean;
}
