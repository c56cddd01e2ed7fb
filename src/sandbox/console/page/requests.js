// @ts-check
import { ask } from './api.js';
import { drawing, el, table, timeOfDay } from './dom.js';

const SHOWN = 200;

/** What the platform is asked, as it comes. */
export function requests() {
  const path = el('input', { name: 'path', placeholder: '/restapi/oauth/*', autocomplete: 'off', spellcheck: 'false' });
  const method = el('select', { name: 'method' }, ...['all', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((name) => el('option', { value: name }, name)));
  const status = el('select', { name: 'status' }, ...['all', 'failed only'].map((name) => el('option', { value: name }, name)));
  const paused = el('button', { type: 'button', 'aria-pressed': 'false' }, 'pause');
  paused.addEventListener('click', () => paused.setAttribute('aria-pressed', String(paused.getAttribute('aria-pressed') === 'false')));
  const list = drawing((/** @type {any[]} */ entries) => [
    table(
      'Requests, newest first',
      [
        { title: 'Time (UTC)', kind: 'short' },
        { title: 'Method', kind: 'short' },
        { title: 'Path' },
        { title: 'Grant type', kind: 'wide' },
        { title: 'Status', kind: 'short' },
      ],
      entries.map((entry) => [timeOfDay(entry.at), entry.method, el('code', {}, entry.path), shortGrant(entry.grantType ?? ''), statusOf(entry.status)]),
      'Nothing has been asked yet.',
    ),
  ]);
  const filters = el(
    'form',
    { role: 'search' },
    el('label', {}, 'Path, or beginning*', path),
    el('label', {}, 'Method', method),
    el('label', {}, 'Status', status),
    paused,
  );
  filters.addEventListener('submit', (event) => event.preventDefault());
  return {
    place: el('section', {}, el('h2', {}, 'Requests'), filters, list.place),
    refresh: async () => {
      if (paused.getAttribute('aria-pressed') === 'true') return;
      const told = await ask(`requests?last=${SHOWN}&path=${encodeURIComponent(path.value)}`);
      const wanted = told.requests.filter(
        (/** @type {any} */ entry) =>
          (method.value === 'all' || entry.method === method.value) && (status.value === 'all' || entry.status === 0 || entry.status >= 400),
      );
      list.show(wanted.reverse());
    },
  };
}

/** @param {number} status */
function statusOf(status) {
  if (status === 0) return el('span', { class: 'bad' }, 'no answer');
  return el('span', { class: status < 400 ? 'good' : 'bad' }, String(status));
}

/** @param {string} grantType */
function shortGrant(grantType) {
  return grantType.replace('urn:ietf:params:oauth:grant-type:', '');
}
