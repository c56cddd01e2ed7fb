import { PERMISSIONS } from '../src/ringcentral/facts/permissions.ts';
import { GRANT_TYPES } from '../src/sandbox/authorization/grant.ts';
import type { AccountData, Extension, SandboxData } from '../src/sandbox/directory.ts';

const extension = (id: number, name: string, mainAdministrator: boolean): Extension => ({
  id,
  extensionNumber: String(id - 900),
  name,
  email: `${name.toLowerCase().replaceAll(' ', '.')}@example.com`,
  password: 'x',
  mainAdministrator,
  directNumbers: [`+1650555${String(id - 801).padStart(4, '0')}`],
  forwardingNumbers: [],
});

const ACCOUNT: AccountData = {
  id: 1_000,
  mainNumber: '+16505550100',
  name: 'Two Users',
  extensions: [extension(1_001, 'Ada Admin', true), extension(1_002, 'Otto Ordinary', false)],
};

/** An administrator (extension 101) and another user (102) of one account, and an app `two:users` that has every permission. */
export const TWO_USERS: SandboxData = {
  apps: [{ clientId: 'two', clientSecret: 'users', grantTypes: GRANT_TYPES, permissions: Object.keys(PERMISSIONS), redirectUris: [] }],
  accounts: [ACCOUNT],
};

/** The same with as many ordinary users as are wanted. */
export function manyUsers(count: number): SandboxData {
  const more = Array.from({ length: count }, (_, index) => {
    const user = extension(10_000 + index, `User ${index}`, false);
    return { ...user, directNumbers: [], extensionNumber: String(10_000 + index) };
  });
  return { ...TWO_USERS, accounts: [{ ...ACCOUNT, extensions: [...ACCOUNT.extensions, ...more] }] };
}
