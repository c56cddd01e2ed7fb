// @ts-check
import { ask } from './api.js';
import { button, el, field, form, table, time } from './dom.js';
import { searchable } from './lists.js';
import { secret } from './secrets.js';

/** The JWT credentials, and one more. */
export function jwtCredentials() {
  const create = form(
    'Create',
    [
      field('User name', 'username', { required: true, placeholder: '18889363711' }),
      field('Extension', 'extension', { placeholder: '101', inputmode: 'numeric' }),
      field('Client ids (none: all apps)', 'clientIds', { placeholder: 'YourAppKey' }),
      field('Expires after hours (none: never)', 'hours', { type: 'number', min: '1', max: '80000' }),
      field('Name', 'name'),
    ],
    async ({ clientIds, hours, ...user }) => {
      const ids = clientIds?.split(/[\s,]+/).filter((word) => word !== '');
      await ask('jwt-credentials', { ...user, ...(ids && { clientIds: ids }), ...(hours !== undefined && { expiresInSeconds: Number(hours) * 3_600 }) });
      create.reset();
      return 'Created the JWT credential.';
    },
  );
  return searchable(
    'JWT credentials',
    'jwt-credentials',
    'name, user, id',
    (told) => [
      table(
        'JWT credentials',
        [{ title: 'User' }, { title: 'JWT' }, { title: 'Apps', kind: 'wide' }, { title: 'Expires (UTC)', kind: 'wide' }, { title: 'State', kind: 'short' }],
        told.jwtCredentials.map((/** @type {any} */ credential) => {
          const name = credential.name ?? `the credential ${credential.id.slice(0, 8)}`;
          const revoke = async () => {
            await ask('jwt-credentials/revoke', { id: credential.id });
            return `Revoked ${name}.`;
          };
          return [
            el('span', {}, credential.owner, el('br'), el('span', { class: 'quiet' }, credential.name ?? credential.id.slice(0, 8))),
            secret(`JWT of ${name}`, 'jwt', credential.id),
            credential.clientIds?.join(', ') ?? 'all',
            time(credential.expiresAt),
            el(
              'span',
              { class: credential.state === 'good' ? 'good' : 'bad' },
              `${credential.state} `,
              credential.state === 'good' &&
                button('revoke', revoke, { class: 'alarm', 'aria-label': `Revoke ${name}`, 'data-key': `revoke ${credential.id}` }),
            ),
          ];
        }),
        'There is no JWT credential.',
      ),
    ],
    el('h3', {}, 'A new JWT credential'),
    create,
  );
}
