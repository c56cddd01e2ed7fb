import type { App } from '../directory.ts';
import type { Form } from '../wire/form.ts';
import type { World } from '../world.ts';

/**
 * By which the platform counts a token request: the app, or, where the rules say so, the app with the user whom the
 * request names. Nothing of it has been checked yet; one that names nobody of this platform counts for the app.
 */
export function authCaller(world: World, { clientId }: App, form: Form): string {
  const ownerId = world.rules.authLimit === 'user' ? ownerNamed(world, form) : undefined;
  return ownerId === undefined ? clientId : `${clientId} ${ownerId}`;
}

function ownerNamed({ directory, sessions }: World, form: Form): string | undefined {
  const username = form.get('username');
  if (username !== undefined) return directory.findLogin(username, form.get('extension'))?.extension.id.toString();
  const assertion = form.get('assertion');
  if (assertion !== undefined) return directory.findOwner(subjectOf(assertion))?.extension.id.toString();
  const subject = sessions.findSubject(form.get('refresh_token') ?? form.get('token') ?? '');
  return subject?.kind === 'user' ? subject.ownerId : undefined;
}

function subjectOf(jwt: string): string {
  const payload = Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8');
  return /"sub"\s*:\s*"(\d{1,16})"/.exec(payload)?.[1] ?? '';
}
