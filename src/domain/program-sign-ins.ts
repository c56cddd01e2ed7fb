import type { Grant } from './grant.ts';
import type { Secret } from './secret.ts';

/** What becomes of a person whom a program has sent to the platform's sign-in page. What the program waits for is written in `wish`. */
export interface ProgramSignIns {
  /** The Connection of this owner for the program; it may have to be created. */
  connectionFor(wish: Secret, ownerId: string, app: string): Promise<string>;
  /**
   * The Grant is in place.
   *
   * @returns where the browser goes, with a code of ours
   * @throws ClientNotFound, ConnectionNotFound  it was removed meanwhile
   */
  arrived(wish: Secret, grant: Grant): Promise<string>;
  /** @param error  the platform's `error`, or ours. @returns where the browser goes, to say so */
  refused(wish: Secret, error: string, description: string): string;
}
