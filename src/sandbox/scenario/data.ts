import { GRANT_TYPES } from '../authorization/grant.ts';
import { DEMO_DATA } from '../demo.ts';
import type { AccountData, App, Extension, SandboxData } from '../directory.ts';
import { generatedUsers } from './generated-users.ts';
import type { Scenario, ScenarioAccount, ScenarioUser } from './schema.ts';

// Ids of what a scenario gives none: apart from the demo's, and with room for ten million users in an account.
const FIRST_ACCOUNT_ID = 2_000_000_000;
const IDS_PER_ACCOUNT = 10_000_000;
// Ten phones of each user.
const FORWARDING_NUMBERS_PER_USER = 10;

/** What a scenario has the platform know; the demo data before it, where it extends that, but for what it gives anew. */
export function sandboxDataOf({ extends: base, apps = [], accounts = [] }: Scenario): SandboxData {
  const own = { apps: apps.map(appOf), accounts: accounts.map(accountOf) };
  if (base !== 'demo') return own;
  const clientIds = new Set(own.apps.map(({ clientId }) => clientId));
  const accountIds = new Set(own.accounts.map(({ id }) => id));
  return {
    apps: [...DEMO_DATA.apps.filter(({ clientId }) => !clientIds.has(clientId)), ...own.apps],
    accounts: [...DEMO_DATA.accounts.filter(({ id }) => !accountIds.has(id)), ...own.accounts],
  };
}

/** An app with what its description leaves out. */
export function appOf(app: NonNullable<Scenario['apps']>[number]): App {
  return { grantTypes: GRANT_TYPES, redirectUris: [], ...app };
}

function accountOf({ users = [], generate, ...account }: ScenarioAccount, index: number): AccountData {
  const id = account.id ?? FIRST_ACCOUNT_ID + index * IDS_PER_ACCOUNT;
  const firstUserId = FIRST_ACCOUNT_ID + index * IDS_PER_ACCOUNT + 1;
  const all = generate ? [...users, ...generatedUsers(generate)] : users;
  return { name: `Account ${index + 1}`, ...account, id, extensions: all.map((user, position) => userOf(user, firstUserId + position)) };
}

/** A user with what its description leaves out. @param id  its extension id where it has none */
export function userOf({ forwardingNumbers = [], ...user }: ScenarioUser, id: number): Extension {
  const extensionId = user.id ?? id;
  return {
    name: `User ${user.extensionNumber}`,
    email: `user-${extensionId}@example.com`,
    mainAdministrator: false,
    directNumbers: [],
    ...user,
    id: extensionId,
    forwardingNumbers: forwardingNumbers.map(({ type = 'Mobile', ...number }, index) => ({
      id: String(extensionId * FORWARDING_NUMBERS_PER_USER + index),
      label: type,
      type,
      ...number,
    })),
  };
}
