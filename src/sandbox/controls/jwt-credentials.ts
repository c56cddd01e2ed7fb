import { Type } from 'typebox';
import { ControlInputWrong, checkedControl } from '../control.ts';

const LONGEST_SECONDS = 10 * 366 * 24 * 3_600;

/** Makes a JWT credential for a user, as the developer console does. */
export const issueJwtControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/jwt-credentials',
  input: Type.Object(
    {
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
      username: Type.String({ minLength: 1 }),
      extension: Type.Optional(Type.String()),
      clientIds: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
      expiresInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: LONGEST_SECONDS })),
    },
    { additionalProperties: false },
  ),
  run: (world, { name, username, extension, clientIds, expiresInSeconds }) => {
    const owner = world.directory.findLogin(username, extension);
    if (!owner) throw new ControlInputWrong('username', 'is no user of this platform');
    if (name !== undefined && world.jwtCredentials.find(name)) throw new ControlInputWrong('name', 'is that of another JWT credential');
    const credential = world.jwtCredentials.add({
      ...(name !== undefined && { name }),
      ownerId: String(owner.extension.id),
      ...(clientIds && { clientIds }),
      ...(expiresInSeconds !== undefined && { expiresAt: world.now() + expiresInSeconds * 1_000 }),
    });
    return { id: credential.id, jwt: world.jwtCredentials.jwtOf(credential) };
  },
});

/** Revokes a JWT credential, by the `id` with which it was issued. */
export const revokeJwtControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/jwt-credentials/revoke',
  input: Type.Object({ id: Type.String() }, { additionalProperties: false }),
  run: (world, { id }) => {
    if (!world.jwtCredentials.revoke(id)) throw new ControlInputWrong('id', 'is no JWT credential of this platform');
    return {};
  },
});
