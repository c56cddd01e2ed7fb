// @ts-check
/** @typedef {string | Node | null | undefined | false} Child */
import { ask } from './api.js';
import { drawing, el } from './dom.js';

/**
 * A list that can be searched, above whatever makes a new item of it.
 *
 * @param {string} title
 * @param {string} path  of the control that tells it
 * @param {string} sought  what the search looks at
 * @param {(told: any) => Child[]} draw  whoever asks for a path knows what it tells
 * @param {HTMLElement[]} below
 */
export function searchable(title, path, sought, draw, ...below) {
  const search = el('input', { type: 'search', name: 'search', autocomplete: 'off', spellcheck: 'false' });
  const list = drawing((/** @type {any} */ told) => {
    const [items = []] = Object.values(told).filter(Array.isArray);
    const more = told.total > items.length && el('p', { class: 'quiet' }, `The first ${items.length} of ${told.total}; search for the others.`);
    return [...draw(told), more];
  });
  const filter = el('form', { role: 'search' }, el('label', {}, `Search (${sought})`, search));
  filter.addEventListener('submit', (event) => event.preventDefault());
  return {
    place: el('section', {}, el('h2', {}, title), filter, list.place, ...below),
    refresh: async () => list.show(await ask(`${path}?search=${encodeURIComponent(search.value)}`)),
  };
}
