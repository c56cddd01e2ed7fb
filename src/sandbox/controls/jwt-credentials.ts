import { Type } from 'typebox';
import { ControlInputWrong, checkedControl } from '../control.ts';

const LONGEST_SECONDS = 10 * 366 * 24 * 3_600;

/** Makes a JWT credential for a user, as the developer console does; the JWT is shown in this answer only. */
export const issueJwtControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/jwt-credentials',
  input: Type.Object(
    {
      username: Type.String({ minLength: 1 }),
      extension: Type.Optional(Type.String()),
      clientIds: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
      expiresInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: LONGEST_SECONDS })),
    },
    { additionalProperties: false },
  ),
  run: (world, { username, extension, clientIds, expiresInSeconds }) => {
    const owner = world.directory.findLogin(username, extension);
    if (!owner) throw new ControlInputWrong('username', 'is no user of this platform');
    return world.jwtCredentials.issue({
      ownerId: String(owner.extension.id),
      ...(clientIds && { clientIds }),
      ...(expiresInSeconds !== undefined && { expiresAt: world.now() + expiresInSeconds * 1_000 }),
    });
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
