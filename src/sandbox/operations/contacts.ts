import { Type } from 'typebox';
import { type Contact, keptFields, PersonalContactRequest } from '../contacts/contact.ts';
import { wantedContacts } from '../contacts/contact-list.ts';
import { syncContacts } from '../contacts/contact-sync.ts';
import { changeProfile, type Favorite, profileOf } from '../people/profile.ts';
import { emptyAnswer, jsonAnswer } from '../wire/answer.ts';
import { readChecked } from '../wire/checked-body.ts';
import { answerEach, removeEach } from '../wire/each.ts';
import { type ExtensionOperation, extensionUri, type Operation, type OperationCall } from '../wire/operation.ts';
import { pageOf } from '../wire/paging.ts';
import { invalidParameter, notFound } from '../wire/rest-refusal.ts';

const EXTENSION = '/restapi/v1.0/account/{accountId}/extension/{extensionId}';
const PATH = `${EXTENSION}/address-book/contact`;
const PARAMETER = 'contactId';

const Reading = { access: 'extension', method: 'GET', group: 'Heavy', permission: 'ReadContacts', userPermission: 'ReadPersonalContacts' } as const;
const Writing = { access: 'extension', group: 'Heavy', permission: 'Contacts', userPermission: 'EditPersonalContacts' } as const;

const listContacts: ExtensionOperation = {
  ...Reading,
  path: PATH,
  answer: (call) => {
    const found = wantedContacts(call.world.addressBooks.list(ownerIdOf(call)), call.request.query);
    const page = pageOf(uriOf(call), found, call.request.query, (contact) => render(call, contact));
    return jsonAnswer(200, { ...page, groups: { uri: `${extensionUri(call.world, call.owner)}/address-book/group` } });
  },
};

const createContact: ExtensionOperation = {
  ...Writing,
  method: 'POST',
  path: PATH,
  answer: (call) => jsonAnswer(200, render(call, call.world.addressBooks.create(ownerIdOf(call), readFields(call)))),
};

const getContact: ExtensionOperation = {
  ...Reading,
  path: `${PATH}/{${PARAMETER}}`,
  answer: (call) => answerEach(call, call.parameters[PARAMETER] ?? '', placeOf(call), (id) => jsonAnswer(200, render(call, required(call, id)))),
};

const replaceContact: ExtensionOperation = {
  ...Writing,
  method: 'PUT',
  path: `${PATH}/{${PARAMETER}}`,
  answer: (call) => jsonAnswer(200, render(call, call.world.addressBooks.change(required(call), readFields(call)))),
};

/** Changes what is named; a field that is sent empty is taken away. */
const changeContact: ExtensionOperation = {
  ...Writing,
  method: 'PATCH',
  path: `${PATH}/{${PARAMETER}}`,
  answer: (call) => {
    const contact = required(call);
    const fields = keptFields({ ...contact.fields, ...readChecked(call.request, PersonalContactRequest) });
    return jsonAnswer(200, render(call, call.world.addressBooks.change(contact, fields)));
  },
};

const deleteContact: ExtensionOperation = {
  ...Writing,
  method: 'DELETE',
  path: `${PATH}/{${PARAMETER}}`,
  answer: (call) =>
    removeEach(call, call.parameters[PARAMETER] ?? '', placeOf(call), (id) => {
      call.world.addressBooks.remove(required(call, id));
      return emptyAnswer(204);
    }),
};

/** The address book for a program that keeps a copy. */
const syncAddressBook: ExtensionOperation = {
  ...Reading,
  path: `${EXTENSION}/address-book-sync`,
  answer: (call) => {
    const { world, owner, request } = call;
    const uri = `${extensionUri(world, owner)}/address-book-sync`;
    const { type, contacts, token, nextPageId } = syncContacts(world.addressBooks, ownerIdOf(call), request.query);
    return jsonAnswer(200, {
      uri,
      records: contacts.map((contact) => render(call, contact)),
      syncInfo: { syncType: type, syncToken: token, syncTime: new Date(world.now()).toISOString(), olderRecordsExist: false },
      ...(nextPageId !== undefined && { nextPageId, nextPageUri: `${uri}?pageId=${nextPageId}` }),
    });
  },
};

const FavoritesRequest = Type.Object({
  records: Type.Array(
    Type.Object({
      id: Type.Optional(Type.Integer({ minimum: 0 })),
      contactId: Type.Optional(Type.String()),
      extensionId: Type.Optional(Type.String()),
      accountId: Type.Optional(Type.String()),
    }),
    { maxItems: 250 },
  ),
});

const listFavorites: ExtensionOperation = {
  ...Reading,
  group: 'Light',
  path: `${EXTENSION}/favorite`,
  answer: (call) => jsonAnswer(200, renderFavorites(call, profileOf(call.world, call.owner).favorites)),
};

/** Sets the whole list. */
const updateFavorites: ExtensionOperation = {
  ...Writing,
  method: 'PUT',
  group: 'Medium',
  path: `${EXTENSION}/favorite`,
  answer: (call) => {
    const favorites = readChecked(call.request, FavoritesRequest).records.map((favorite, index) => {
      if (!isThere(call, favorite)) throw invalidParameter(`records[${index}]`);
      return { ...favorite, id: favorite.id ?? index + 1 };
    });
    changeProfile(call.world, call.owner, { favorites });
    return jsonAnswer(200, renderFavorites(call, favorites));
  },
};

/** Everything about a user's address book. */
export const CONTACT_OPERATIONS: readonly Operation[] = [
  listContacts,
  createContact,
  getContact,
  replaceContact,
  changeContact,
  deleteContact,
  syncAddressBook,
  listFavorites,
  updateFavorites,
];

function readFields({ request }: OperationCall) {
  return keptFields(readChecked(request, PersonalContactRequest));
}

function required(call: OperationCall, id = call.parameters[PARAMETER] ?? ''): Contact {
  const contact = call.world.addressBooks.find(id, ownerIdOf(call));
  if (!contact) throw notFound(PARAMETER);
  return contact;
}

function isThere(call: OperationCall, { contactId, extensionId }: Pick<Favorite, 'contactId' | 'extensionId'>): boolean {
  if (contactId !== undefined) return call.world.addressBooks.find(contactId, ownerIdOf(call)) !== undefined;
  return extensionId !== undefined && call.world.directory.findOwner(extensionId)?.account.id === call.account.id;
}

function renderFavorites({ world, owner }: OperationCall, favorites: readonly Favorite[] = []): object {
  return { uri: `${extensionUri(world, owner)}/favorite`, records: favorites };
}

function render(call: OperationCall, { id, fields, isDeleted }: Contact): object {
  return { uri: placeOf(call)(id), id: Number(id), availability: isDeleted ? 'Deleted' : 'Alive', ...fields };
}

function placeOf(call: OperationCall): (id: string) => string {
  const uri = uriOf(call);
  return (id) => `${uri}/${id}`;
}

function uriOf({ world, owner }: OperationCall): string {
  return `${extensionUri(world, owner)}/address-book/contact`;
}

function ownerIdOf({ owner }: OperationCall): string {
  return String(owner.extension.id);
}
