// @ts-check
import { ask } from './api.js';
import { button, choice, drawing, el, field, form, table } from './dom.js';

/** Failures that are ordered beforehand. */
export function faults() {
  const list = drawing((/** @type {any[]} */ waiting) => [
    table(
      'Faults that wait for a request',
      [{ title: 'Meets' }, { title: 'Does' }, { title: 'Times', kind: 'short' }],
      waiting.map((fault) => [meets(fault.match), does(fault.action), String(fault.times)]),
      'No fault waits for a request.',
    ),
    waiting.length > 0 &&
      el(
        'div',
        { class: 'row' },
        button('Clear all', () => ask('faults/clear', {}).then(() => 'Cleared the faults.'), { class: 'alarm' }),
      ),
  ]);
  const add = form(
    'Add',
    [
      choice('Method', 'method', ['any', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
      field('Path, or its beginning and *', 'path', { placeholder: '/restapi/oauth/token' }),
      choice('Grant type', 'grantType', [
        'any',
        'authorization_code',
        'client_credentials',
        'password',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ]),
      field('Times', 'times', { type: 'number', min: '1', value: '1', required: true }),
      field('Status', 'status', { type: 'number', min: '200', max: '599', placeholder: '503' }),
      field('Body', 'body'),
      field('Delay in ms', 'delayMs', { type: 'number', min: '0', max: '600000' }),
      choice('Connection dies', 'drop', ['no', 'before', 'after']),
    ],
    async ({ method, path, grantType, times, status, body, delayMs, drop }) => {
      const given = (/** @type {Record<string, unknown>} */ values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
      const number = (/** @type {string | undefined} */ text) => (text === undefined ? undefined : Number(text));
      const chosen = (/** @type {string | undefined} */ text, /** @type {string} */ none) => (text === none ? undefined : text);
      await ask('faults', {
        match: given({ method: chosen(method, 'any'), path, grantType: chosen(grantType, 'any') }),
        times: Number(times),
        action: given({ status: number(status), body, delayMs: number(delayMs), drop: chosen(drop, 'no') }),
      });
      return 'Added the fault.';
    },
  );
  return {
    place: el('section', {}, el('h2', {}, 'Faults'), list.place, el('h3', {}, 'A new fault'), add),
    refresh: async () => list.show((await ask('faults')).faults),
  };
}

/** @param {any} match */
function meets({ method = 'every method', path = 'every path', grantType = '' }) {
  return [method, path, grantType].filter((word) => word !== '').join(', ');
}

/** @param {any} action */
function does({ status, delayMs, drop }) {
  const parts = [
    delayMs !== undefined && `waits ${delayMs} ms`,
    status !== undefined && `answers ${status}`,
    drop !== undefined && `dies ${drop} it took effect`,
  ];
  return parts.filter((part) => part !== false).join(', ');
}
