import { Type } from 'typebox';
import { checkedControl } from '../control.ts';
import type { Account, Extension } from '../directory.ts';
import type { World } from '../world.ts';

// What a page shows at once; a platform of 20,000 users is searched, not scrolled through.
const MOST_SHOWN = 100;
const SearchInput = Type.Object({ search: Type.Optional(Type.String({ maxLength: 200 })) }, { additionalProperties: false });

/** The apps, without their secrets. */
export const appsControl = checkedControl({
  method: 'GET',
  path: '/_sandbox/apps',
  input: SearchInput,
  run: (world, { search }) => {
    const apps = world.directory.listApps().map(({ clientSecret, olderSecrets: _older, ...app }) => ({ ...app, isPublic: clientSecret === undefined }));
    return shown('apps', apps, search, ({ clientId, name = '' }) => [clientId, name]);
  },
});

/** The users, without their passwords. */
export const usersControl = checkedControl({
  method: 'GET',
  path: '/_sandbox/users',
  input: SearchInput,
  run: ({ directory }, { search }) => {
    const users = directory.listAccounts().flatMap((account) => directory.extensionsOf(account).map((extension) => ({ account, extension })));
    const found = shown('users', users, search, ({ account, extension }) => [
      extension.name,
      extension.email,
      extension.extensionNumber,
      account.mainNumber,
      account.name,
      String(extension.id),
    ]);
    return { total: found.total, users: found.users.map(userOf) };
  },
});

/** The sessions that are not over, newest first, without their tokens. */
export const sessionsControl = checkedControl({
  method: 'GET',
  path: '/_sandbox/sessions',
  input: SearchInput,
  run: (world, { search }) => {
    const sessions = [...world.sessions.listLive()].reverse().map(({ id, clientId, subject, startedAt, current }) => ({
      id,
      clientId,
      subject:
        subject.kind === 'user' ? userName(world, subject.ownerId) : subject.kind === 'account' ? `account ${subject.accountId}` : `brand ${subject.brandId}`,
      startedAt,
      accessExpiresAt: current.accessExpiresAt,
      refreshExpiresAt: current.refreshExpiresAt ?? null,
      isUsed: current.usedAt !== undefined,
    }));
    return shown('sessions', sessions, search, ({ clientId, subject, id }) => [clientId, subject, id]);
  },
});

/** The JWT credentials, without their JWTs. */
export const jwtCredentialsControl = checkedControl({
  method: 'GET',
  path: '/_sandbox/jwt-credentials',
  input: SearchInput,
  run: (world, { search }) => {
    const now = world.now();
    const credentials = world.jwtCredentials.list().map(({ id, name = null, ownerId, clientIds = null, expiresAt = null, revokedAt }) => ({
      id,
      name,
      owner: userName(world, ownerId),
      clientIds,
      expiresAt,
      state: revokedAt !== undefined ? 'revoked' : expiresAt !== null && now >= expiresAt ? 'expired' : 'good',
    }));
    return shown('jwtCredentials', credentials, search, ({ id, name, owner }) => [id, name ?? '', owner]);
  },
});

function shown<Name extends string, Item>(name: Name, items: readonly Item[], search: string | undefined, wordsOf: (item: Item) => readonly string[]) {
  const wanted = (search ?? '').trim().toLowerCase();
  const found = wanted === '' ? items : items.filter((item) => wordsOf(item).some((word) => word.toLowerCase().includes(wanted)));
  return { total: found.length, [name]: found.slice(0, MOST_SHOWN) } as { readonly total: number } & Readonly<Record<Name, readonly Item[]>>;
}

function userOf({ account, extension }: { readonly account: Account; readonly extension: Extension }): object {
  const { id, extensionNumber, name, email, mainAdministrator, directNumbers, forwardingNumbers, status = 'Enabled' } = extension;
  const { id: accountId, mainNumber, name: accountName } = account;
  return {
    ownerId: String(id),
    accountId: String(accountId),
    accountName,
    mainNumber,
    extensionNumber,
    name,
    email,
    mainAdministrator,
    directNumbers,
    forwardingNumbers,
    status,
  };
}

function userName({ directory }: World, ownerId: string): string {
  const owner = directory.findOwner(ownerId);
  return owner ? `${owner.extension.name} (${owner.account.mainNumber}*${owner.extension.extensionNumber})` : ownerId;
}
