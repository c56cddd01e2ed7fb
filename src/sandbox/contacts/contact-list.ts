import { readChoices, readOne } from '../wire/query.ts';
import { type Contact, type ContactFields, numbersOf } from './contact.ts';

const SORT_FIELDS = { FirstName: 'firstName', LastName: 'lastName', Company: 'company' } as const satisfies Record<string, keyof ContactFields>;
type SortKey = keyof typeof SORT_FIELDS;

/**
 * Those that a list's query asks for, in its order: by first name, last name and company unless told.
 *
 * @throws Refused  400 CMN-101
 */
export function wantedContacts(contacts: readonly Contact[], query: URLSearchParams): readonly Contact[] {
  const start = readOne(query, 'startsWith')?.toLowerCase();
  const numbers = query.getAll('phoneNumber').map(digitsOf);
  const order = readChoices(query, 'sortBy', Object.keys(SORT_FIELDS) as SortKey[]);
  const fields = (order.length > 0 ? order : (Object.keys(SORT_FIELDS) as SortKey[])).map((key) => SORT_FIELDS[key]);
  return contacts
    .filter((contact) => start === undefined || startsWith(contact, start))
    .filter((contact) => numbers.length === 0 || numbersOf(contact).some((number) => numbers.includes(digitsOf(number))))
    .sort((one, other) => compare(fields, one, other));
}

function startsWith({ fields: { firstName, lastName, company } }: Contact, start: string): boolean {
  return [firstName, lastName, company].some((name) => name?.toLowerCase().startsWith(start));
}

function compare(fields: readonly (typeof SORT_FIELDS)[SortKey][], one: Contact, other: Contact): number {
  for (const field of fields) {
    const [before = '', after = ''] = [one.fields[field]?.toLowerCase(), other.fields[field]?.toLowerCase()];
    if (before !== after) return before < after ? -1 : 1;
  }
  return Number(one.id) - Number(other.id);
}

// A plus sign in a query arrives as a space, so it cannot count.
function digitsOf(number: string): string {
  return number.replace(/\D/g, '');
}
