import type { Random } from '../../runtime/random.ts';
import type { Journal } from '../journal.ts';
import type { Contact, ContactFields } from './contact.ts';

/** A contact that the platform knows from the start. */
export interface KnownContact {
  readonly id: string;
  /** The extension's id. */
  readonly ownerId: string;
  readonly fields: ContactFields;
}

/** What the address books are made with. */
export interface AddressBooksParts {
  readonly known: readonly KnownContact[];
  readonly random: Random;
  readonly journal: Journal;
}

const KIND = 'contact';
// RingCentral's own have eleven digits.
const LOWEST_ID = 10_000_000_000;
const HIGHEST_ID = 100_000_000_000;

/** Every user's address book. */
export class AddressBooks {
  readonly #parts: AddressBooksParts;
  readonly #byOwner = new Map<string, Map<string, Contact>>();
  #revision = 0;

  constructor(parts: AddressBooksParts) {
    this.#parts = parts;
    this.#takeUp();
  }

  /** How many changes there have been. */
  get revision(): number {
    return this.#revision;
  }

  /** Those of a user, in the order in which each was first written down; those that were deleted too. */
  listAll(ownerId: string): Contact[] {
    return [...(this.#byOwner.get(ownerId)?.values() ?? [])];
  }

  list(ownerId: string): readonly Contact[] {
    return this.listAll(ownerId).filter(({ isDeleted }) => !isDeleted);
  }

  /** @returns nothing where it is deleted, or another's */
  find(id: string, ownerId: string): Contact | undefined {
    const contact = this.#byOwner.get(ownerId)?.get(id);
    return contact?.isDeleted ? undefined : contact;
  }

  create(ownerId: string, fields: ContactFields): Contact {
    const { random } = this.#parts;
    let id = String(random.integer(LOWEST_ID, HIGHEST_ID));
    while (this.#byOwner.get(ownerId)?.has(id)) id = String(random.integer(LOWEST_ID, HIGHEST_ID));
    return this.#save({ id, ownerId, fields });
  }

  change({ id, ownerId }: Contact, fields: ContactFields): Contact {
    return this.#save({ id, ownerId, fields });
  }

  remove({ id, ownerId }: Contact): void {
    this.#save({ id, ownerId, fields: {}, isDeleted: true });
  }

  /** Takes up what a journal held. */
  restore(contact: Contact): void {
    this.#revision = Math.max(this.#revision, contact.revision);
    this.#keep(contact);
  }

  reset(): void {
    this.#byOwner.clear();
    this.#revision = 0;
    this.#takeUp();
  }

  #takeUp(): void {
    for (const known of this.#parts.known) this.#keep({ ...known, revision: 0 });
  }

  #save(contact: Omit<Contact, 'revision'>): Contact {
    this.#revision += 1;
    const saved = { ...contact, revision: this.#revision };
    this.#keep(saved);
    this.#parts.journal.put(KIND, `${saved.ownerId} ${saved.id}`, saved);
    return saved;
  }

  #keep(contact: Contact): void {
    const book = this.#byOwner.get(contact.ownerId) ?? new Map<string, Contact>();
    this.#byOwner.set(contact.ownerId, book.set(contact.id, contact));
  }
}
