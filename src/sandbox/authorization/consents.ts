import { Collection } from '../collection.ts';
import type { App } from '../directory.ts';
import type { Journal } from '../journal.ts';

/** What a user has allowed an app. */
export interface Consent {
  /** User and app. */
  readonly id: string;
  readonly permissions: readonly string[];
}

/** Which app each user has let in. */
export class Consents {
  readonly #consents: Collection<Consent>;

  constructor(journal: Journal) {
    this.#consents = new Collection('consent', journal);
  }

  give(ownerId: string, { clientId, permissions }: App): void {
    this.#consents.put({ id: idOf(ownerId, clientId), permissions });
  }

  /** Whether the user has allowed all that the app may do now. */
  isGiven(ownerId: string, { clientId, permissions }: App): boolean {
    const consent = this.#consents.find(idOf(ownerId, clientId));
    return consent !== undefined && permissions.every((permission) => consent.permissions.includes(permission));
  }

  withdraw(ownerId: string, clientId: string): void {
    this.#consents.remove({ id: idOf(ownerId, clientId) });
  }

  restore(consent: Consent): void {
    this.#consents.restore(consent);
  }

  reset(): void {
    this.#consents.reset();
  }
}

function idOf(ownerId: string, clientId: string): string {
  return `${ownerId} ${clientId}`;
}
