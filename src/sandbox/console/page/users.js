// @ts-check
import { ask } from './api.js';
import { el, field, form, table } from './dom.js';
import { searchable } from './lists.js';
import { secret } from './secrets.js';

/** The users, and one more. */
export function users() {
  const create = form(
    'Add',
    [
      field('Account id', 'accountId', { required: true, inputmode: 'numeric' }),
      field('Extension number', 'extensionNumber', { required: true, inputmode: 'numeric', pattern: '[0-9]{1,8}' }),
      field('Password', 'password', { required: true }),
      field('Name', 'name'),
      field('E-mail address', 'email', { type: 'email' }),
      field('Own number', 'directNumber', { placeholder: '+15555550100', inputmode: 'tel' }),
    ],
    async ({ directNumber, ...user }) => {
      const { ownerId } = await ask('users', { ...user, ...(directNumber !== undefined && { directNumbers: [directNumber] }) });
      create.reset();
      return `Added extension ${ownerId}.`;
    },
  );
  return searchable(
    'Users',
    'users',
    'name, number, e-mail address, id',
    (told) => [
      table(
        'Users',
        [
          { title: 'User' },
          { title: 'Signs in as' },
          { title: 'Password' },
          { title: 'Account id', kind: 'wide' },
          { title: 'Extension id', kind: 'wide' },
          { title: 'Numbers', kind: 'wide' },
        ],
        told.users.map((/** @type {any} */ user) => [
          user.status === 'Enabled' ? user.name : `${user.name} (${user.status})`,
          el('code', {}, `${user.mainNumber.slice(1)}*${user.extensionNumber}`),
          secret(`password of ${user.name}`, 'password', user.ownerId),
          el('code', {}, user.accountId),
          el('code', {}, user.ownerId),
          [...user.directNumbers, ...user.forwardingNumbers.map((/** @type {any} */ number) => `${number.phoneNumber} ${number.label}`)].join(', '),
        ]),
        'There is no user.',
      ),
    ],
    el('h3', {}, 'A new user'),
    create,
  );
}
