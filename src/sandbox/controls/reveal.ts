import { Type } from 'typebox';
import { ControlInputWrong, checkedControl } from '../control.ts';
import type { World } from '../world.ts';

const KINDS = ['client-secret', 'password', 'access-token', 'refresh-token', 'jwt'] as const;

const SECRETS: Readonly<Record<(typeof KINDS)[number], (world: World, id: string) => string | undefined>> = {
  'client-secret': ({ directory }, clientId) => directory.findApp(clientId)?.clientSecret,
  password: ({ directory }, ownerId) => directory.findOwner(ownerId)?.extension.password,
  'access-token': ({ sessions }, id) => sessions.listLive().find((session) => session.id === id)?.current.accessToken,
  'refresh-token': ({ sessions }, id) => sessions.listLive().find((session) => session.id === id)?.current.refreshToken,
  jwt: ({ jwtCredentials }, named) => {
    const credential = jwtCredentials.find(named);
    return credential && jwtCredentials.jwtOf(credential);
  },
};

/** Tells one secret of this platform, which no other answer holds. `id` is of the app, user, session or JWT credential. */
export const revealControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/reveal',
  input: Type.Object({ kind: Type.Enum([...KINDS]), id: Type.String() }, { additionalProperties: false }),
  run: (world, { kind, id }) => {
    const value = SECRETS[kind](world, id);
    if (value === undefined) throw new ControlInputWrong('id', `has no ${kind} on this platform`);
    return { value };
  },
});
