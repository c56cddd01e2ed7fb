// @ts-check
import { ask } from './api.js';
import { el, field, form, table } from './dom.js';
import { searchable } from './lists.js';
import { secret } from './secrets.js';

/** The apps, and one more. */
export function apps() {
  const create = form(
    'Register',
    [
      field('Client id', 'clientId', { required: true }),
      field('Client secret (none: a public app)', 'clientSecret'),
      field('Permissions', 'permissions', { required: true, value: 'ReadAccounts RingOut' }),
      field('Redirect URIs', 'redirectUris', { placeholder: 'http://localhost' }),
    ],
    async ({ permissions = '', redirectUris = '', ...app }) => {
      const words = (/** @type {string} */ text) => text.split(/[\s,]+/).filter((word) => word !== '');
      await ask('apps', { ...app, permissions: words(permissions), redirectUris: words(redirectUris) });
      create.reset();
      return `Registered ${app.clientId}.`;
    },
  );
  return searchable(
    'Apps',
    'apps',
    'client id, name',
    (told) => [
      table(
        'Apps',
        [{ title: 'Client id' }, { title: 'Client secret' }, { title: 'Permissions', kind: 'wide' }, { title: 'Redirect URIs', kind: 'wide' }],
        told.apps.map((/** @type {any} */ app) => [
          el('span', {}, el('code', {}, app.clientId), app.name ? ` ${app.name}` : ''),
          app.isPublic ? 'public app' : secret(`client secret of ${app.clientId}`, 'client-secret', app.clientId),
          app.permissions.join(', '),
          app.redirectUris.join(', '),
        ]),
        'There is no app.',
      ),
    ],
    el('h3', {}, 'A new app'),
    create,
  );
}
