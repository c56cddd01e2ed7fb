// @ts-check
import { ask } from './api.js';
import { attempt, el, say } from './dom.js';

/**
 * A secret that is not shown until somebody asks, and can be copied without being shown.
 *
 * @param {string} what  as it is called: "client secret of YourAppKey"
 * @param {'client-secret' | 'password' | 'access-token' | 'refresh-token' | 'jwt'} kind
 * @param {string} id
 */
export function secret(what, kind, id) {
  const reveal = async () => /** @type {string} */ ((await ask('reveal', { kind, id })).value);
  const shown = el('code');
  const show = el('button', { type: 'button', 'aria-label': `Show the ${what}`, 'data-key': `show ${kind} ${id}` }, 'show');
  show.addEventListener('click', () =>
    attempt(async () => {
      const isShown = shown.textContent !== '';
      shown.textContent = isShown ? '' : await reveal();
      show.textContent = isShown ? 'show' : 'hide';
      show.setAttribute('aria-label', `${isShown ? 'Show' : 'Hide'} the ${what}`);
    }),
  );
  const copy = el('button', { type: 'button', 'aria-label': `Copy the ${what}`, 'data-key': `copy ${kind} ${id}` }, 'copy');
  copy.addEventListener('click', () =>
    attempt(async () => {
      await navigator.clipboard.writeText(await reveal());
      say(`Copied the ${what}.`);
    }),
  );
  return el('span', {}, show, copy, shown);
}
