// @ts-check
import { ask } from './api.js';
import { button, el, table, time } from './dom.js';
import { searchable } from './lists.js';
import { secret } from './secrets.js';

/** The sessions that are not over. */
export function sessions() {
  return searchable('Sessions and tokens', 'sessions', 'user, client id, session id', (told) => [
    table(
      'Sessions, newest first',
      [
        { title: 'For' },
        { title: 'App', kind: 'wide' },
        { title: 'Access token' },
        { title: 'Refresh token' },
        { title: 'Since (UTC)', kind: 'short wide' },
        { title: '' },
      ],
      told.sessions.map((/** @type {any} */ session) => [
        session.subject,
        el('code', {}, session.clientId),
        el(
          'span',
          {},
          `until ${time(session.accessExpiresAt)} ${session.isUsed ? '' : '(not used yet) '}`,
          secret(`access token of ${session.subject}`, 'access-token', session.id),
        ),
        session.refreshExpiresAt === null
          ? 'none'
          : el('span', {}, `until ${time(session.refreshExpiresAt)} `, secret(`refresh token of ${session.subject}`, 'refresh-token', session.id)),
        time(session.startedAt),
        button('end', () => ask(`sessions/${session.id}/end`, {}).then(() => 'Ended the session.'), {
          class: 'alarm',
          'aria-label': `End the session of ${session.subject}`,
          'data-key': `end ${session.id}`,
        }),
      ]),
      'Nobody is signed in.',
    ),
  ]);
}
