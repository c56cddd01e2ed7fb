import { Type } from 'typebox';
import { isPermission } from '../../ringcentral/facts/permissions.ts';
import { ControlInputWrong, checkedControl } from '../control.ts';
import { appMistakes } from '../scenario/app-mistakes.ts';
import { appOf, userOf } from '../scenario/data.ts';
import { AppSchema, UserSchema } from '../scenario/schema.ts';

// As the platform's own look: nine digits and more.
const SMALLEST_ID = 3_000_000_000;
const LARGEST_ID = 1_000_000_000_000;

/** Registers an app, described as in a scenario. */
export const createAppControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/apps',
  input: AppSchema,
  run: ({ directory }, app) => {
    if (directory.findApp(app.clientId)) throw new ControlInputWrong('clientId', 'is that of another app');
    const unknown = app.permissions.find((permission) => !isPermission(permission));
    if (unknown !== undefined) throw new ControlInputWrong('permissions', `has no application permission: ${unknown}`);
    const [mistake] = appMistakes(app);
    if (mistake) throw new ControlInputWrong(mistake.path.join('.'), mistake.fault);
    directory.saveApp(appOf(app));
    return { clientId: app.clientId };
  },
});

/** Adds a user to an account, described as in a scenario. */
export const createUserControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/users',
  input: Type.Object({ accountId: Type.String(), ...UserSchema.properties }, { additionalProperties: false }),
  run: ({ directory, random }, { accountId, ...user }) => {
    const account = directory.findAccount(Number(accountId));
    if (!account) throw new ControlInputWrong('accountId', 'is no account of this platform');
    const made = userOf(user, random.integer(SMALLEST_ID, LARGEST_ID));
    if (directory.findExtensionNumber(account.id, made.extensionNumber))
      throw new ControlInputWrong('extensionNumber', 'is that of another user of the account');
    if (directory.findOwner(String(made.id))) throw new ControlInputWrong('id', 'is that of another user');
    if (directory.findLogin(made.email, undefined)) throw new ControlInputWrong('email', 'is that of another user');
    if (made.directNumbers.some((number) => directory.findOwnerOfNumber(number))) throw new ControlInputWrong('directNumbers', 'has a number of another user');
    directory.saveExtension(account.id, made);
    return { ownerId: String(made.id) };
  },
});
