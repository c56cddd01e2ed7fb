import { Type } from 'typebox';
import { AppChangeRefused, changeAuthMethod, changeRedirectUris, endSecretRoll, rollSecret, switchRefreshTokens } from '../authorization/app-changes.ts';
import { ControlInputWrong, checkedControl } from '../control.ts';
import type { App } from '../directory.ts';
import type { World } from '../world.ts';

const AppInput = Type.Object(
  {
    clientId: Type.String(),
    /** Who changes it; the owner unless told. */
    by: Type.Optional(Type.Enum(['owner', 'support'])),
    authMethod: Type.Optional(Type.Enum(['password', 'code', 'jwt', 'custom'])),
    grantTypes: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    refreshTokens: Type.Optional(Type.Boolean()),
    redirectUris: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 2_000 }))),
    secret: Type.Optional(Type.Enum(['roll', 'end-roll'])),
  },
  { additionalProperties: false },
);

interface Wanted {
  readonly by?: 'owner' | 'support';
  readonly authMethod?: 'password' | 'code' | 'jwt' | 'custom';
  readonly grantTypes?: readonly string[];
  readonly refreshTokens?: boolean;
  readonly redirectUris?: readonly string[];
  readonly secret?: 'roll' | 'end-roll';
}

/** Changes an app's settings, as the developer console and support do; all of it or nothing. A new secret is in this answer only. */
export const appControl = checkedControl({
  method: 'POST',
  path: '/_sandbox/apps/{clientId}',
  input: AppInput,
  run: (world, { clientId, ...wanted }) => {
    const app = world.directory.findApp(clientId);
    if (!app) throw new ControlInputWrong('clientId', 'is no app of this platform');
    const changed = change(world, app, wanted);
    world.directory.saveApp(changed);
    const { authMethod = 'custom', grantTypes, redirectUris } = changed;
    return { clientId, authMethod, grantTypes, redirectUris, ...(wanted.secret === 'roll' && { clientSecret: changed.clientSecret }) };
  },
});

function change(world: World, app: App, { by = 'owner', authMethod, grantTypes, refreshTokens, redirectUris, secret }: Wanted): App {
  try {
    let changed = app;
    if (authMethod !== undefined) changed = changeAuthMethod(changed, authMethod, by, grantTypes);
    if (refreshTokens !== undefined) changed = switchRefreshTokens(changed, refreshTokens);
    if (redirectUris !== undefined) changed = changeRedirectUris(changed, redirectUris);
    if (secret === 'roll') changed = rollSecret(world, changed);
    if (secret === 'end-roll') changed = endSecretRoll(changed);
    return changed;
  } catch (error) {
    throw error instanceof AppChangeRefused ? new ControlInputWrong(error.field, error.message) : error;
  }
}
