// The sandbox with a crowd of users. Arguments: port, users.
import { startSandbox } from '../../dist/sandbox/start.js';

const [port, users] = process.argv.slice(2).map(Number);
const USERS_PER_ACCOUNT = 100;
const FIRST_ACCOUNT = 700_000_000;
const FIRST_EXTENSION = 800_000_000;
// With 555, so that it is nobody's.
const mainNumber = (account) => `+1888555${String(account).padStart(4, '0')}`;

const accounts = Array.from({ length: Math.ceil(users / USERS_PER_ACCOUNT) }, (_, account) => ({
  id: FIRST_ACCOUNT + account,
  mainNumber: mainNumber(account),
  name: `Account ${account}`,
  extensions: Array.from({ length: Math.min(USERS_PER_ACCOUNT, users - account * USERS_PER_ACCOUNT) }, (_, place) => ({
    id: FIRST_EXTENSION + account * USERS_PER_ACCOUNT + place,
    extensionNumber: String(101 + place),
    name: `User ${account}-${place}`,
    email: `user-${account}-${place}@example.com`,
    password: `password-${account}-${place}`,
    mainAdministrator: place === 0,
    directNumbers: [],
    forwardingNumbers: [],
  })),
}));
const grantTypes = ['password', 'refresh_token'];
const app = { clientId: 'YourAppKey', clientSecret: 'YourAppSecret', name: 'Crowd', grantTypes, permissions: ['ReadAccounts'], redirectUris: [] };
const sandbox = await startSandbox({ port, data: { apps: [app], accounts } });
await sandbox.setLimits({ scale: 0 });
process.send(
  accounts.flatMap((account) =>
    account.extensions.map(({ extensionNumber, password }) => ({ username: account.mainNumber, extension: extensionNumber, password })),
  ),
);
