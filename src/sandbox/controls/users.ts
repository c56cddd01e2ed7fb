import { Type } from 'typebox';
import { changeUser, revokeApp } from '../authorization/user-changes.ts';
import { ControlInputWrong, checkedControl } from '../control.ts';
import type { Owner } from '../directory.ts';
import type { World } from '../world.ts';

const UserInput = Type.Object(
  {
    ownerId: Type.String(),
    password: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    status: Type.Optional(Type.Enum(['Enabled', 'Disabled', 'Frozen', 'NotActivated'])),
    /** Takes off the lock that wrong passwords have put on. */
    unlock: Type.Optional(Type.Boolean()),
    /** An app that the user no longer wants. */
    revokeApp: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

/** Changes a user, as an administrator or the user would; what has to end with it ends. */
export const userControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/users/{ownerId}',
  input: UserInput,
  run: (world, { ownerId, password, status, unlock, revokeApp: clientId }) => {
    if (clientId !== undefined && !world.directory.findApp(clientId)) throw new ControlInputWrong('revokeApp', 'is no app of this platform');
    const { account, extension } = ownerOf(world, ownerId);
    const changed = { ...extension, ...(password !== undefined && { password }), ...(status !== undefined && { status }) };
    if (password !== undefined || status !== undefined) changeUser(world, account.id, changed, { password, status });
    if (unlock) world.authorization.passwordGuesses.forget(ownerId);
    if (clientId !== undefined) revokeApp(world, ownerId, clientId);
    return { ownerId, status: ownerOf(world, ownerId).extension.status ?? 'Enabled', isLocked: world.authorization.passwordGuesses.isLocked(ownerId) };
  },
});

/** Ends a session, as its user does in his list of them. */
export const endSessionControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/sessions/{id}/end',
  input: Type.Object({ id: Type.String() }, { additionalProperties: false }),
  run: (world, { id }) => {
    if (!world.sessions.end(id)) throw new ControlInputWrong('id', 'is no session that is not over');
    return {};
  },
});

function ownerOf(world: World, ownerId: string): Owner {
  const owner = world.directory.findOwner(ownerId);
  if (!owner) throw new ControlInputWrong('ownerId', 'is no user of this platform');
  return owner;
}
