import { type Static, Type } from 'typebox';
import { Email } from '../people/extension-request.ts';
import { toInstant } from '../wire/query.ts';
import { invalidParameter } from '../wire/rest-refusal.ts';

const Text = Type.Optional(Type.String({ maxLength: 4_096 }));
const Mail = Type.Optional(Type.Union([Type.Literal(''), Email]));
const Address = Type.Optional(Type.Object({ street: Text, city: Text, state: Text, zip: Text, country: Text }));
const PHONES = {
  homePhone: Text,
  homePhone2: Text,
  businessPhone: Text,
  businessPhone2: Text,
  mobilePhone: Text,
  businessFax: Text,
  companyPhone: Text,
  assistantPhone: Text,
  carPhone: Text,
  otherPhone: Text,
  otherFax: Text,
  callbackPhone: Text,
};

/** RingCentral OpenAPI `PersonalContactRequest`. */
export const PersonalContactRequest = Type.Object({
  ...PHONES,
  firstName: Text,
  lastName: Text,
  middleName: Text,
  nickName: Text,
  company: Text,
  jobTitle: Text,
  email: Mail,
  email2: Mail,
  email3: Mail,
  birthday: Text,
  webPage: Text,
  notes: Text,
  ringtoneIndex: Text,
  appInfo: Text,
  homeAddress: Address,
  businessAddress: Address,
  otherAddress: Address,
});

/** What is known of somebody outside: names, numbers, addresses. */
export type ContactFields = Static<typeof PersonalContactRequest>;

/** An entry of a user's address book. */
export interface Contact {
  readonly id: string;
  /** The extension's id. */
  readonly ownerId: string;
  readonly fields: ContactFields;
  /** One that was deleted is kept: who synchronizes must hear of it. */
  readonly isDeleted?: true;
  /** Counts the changes of all address books, so that a later change has a higher one. */
  readonly revision: number;
}

/**
 * The fields as they are kept: without those that are empty.
 *
 * @throws Refused  400 CMN-101: the birthday is no time
 */
export function keptFields(fields: ContactFields): ContactFields {
  if (fields.birthday && toInstant(fields.birthday) === undefined) throw invalidParameter('birthday');
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

/** The contact's numbers, whatever they are for. */
export function numbersOf({ fields }: Contact): readonly string[] {
  return (Object.keys(PHONES) as (keyof typeof PHONES)[]).flatMap((name) => fields[name] ?? []);
}
