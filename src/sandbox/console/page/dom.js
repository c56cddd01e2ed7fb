// @ts-check

/** @typedef {string | Node | null | undefined | false} Child */

/**
 * An element. Texts are texts: nothing of what the sandbox tells is ever read as HTML.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | boolean | ((event: Event) => void)>} [attributes]  a function listens to the event of its name
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key, value);
    else if (typeof value === 'boolean') element.toggleAttribute(key, value);
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** @param {string} text */
export function say(text) {
  show('said', text);
}

/** @param {unknown} error */
export function sayFailed(error) {
  show('failed', error instanceof Error ? error.message : String(error));
}

const SHOWN_MS = 6_000;

/**
 * @param {'said' | 'failed'} id
 * @param {string} text
 */
function show(id, text) {
  const place = document.getElementById(id);
  if (!place) return;
  place.textContent = text;
  setTimeout(() => {
    if (place.textContent === text) place.textContent = '';
  }, SHOWN_MS);
}

/**
 * A button that does something and says so.
 *
 * @param {string} label
 * @param {() => Promise<string | void>} act  what it returns is said
 * @param {Record<string, string | boolean>} [attributes]
 */
export function button(label, act, attributes = {}) {
  return el('button', { type: 'button', ...attributes, click: () => void attempt(act) }, label);
}

/** @param {() => Promise<string | void>} act */
export async function attempt(act) {
  try {
    const said = await act();
    if (said) say(said);
  } catch (error) {
    sayFailed(error);
  }
}

/**
 * A form whose fields go to `act` as texts; empty ones are left out.
 *
 * @param {string} submit  what its button says
 * @param {HTMLElement[]} fields
 * @param {(values: Record<string, string>) => Promise<string | void>} act
 */
export function form(submit, fields, act) {
  const made = el('form', {}, ...fields, el('button', { class: 'first' }, submit));
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    const entries = [...new FormData(made)].flatMap(([name, value]) => (typeof value === 'string' && value !== '' ? [[name, value]] : []));
    void attempt(() => act(Object.fromEntries(entries)));
  });
  return made;
}

/**
 * @param {string} label
 * @param {string} name
 * @param {Record<string, string | boolean | ((event: Event) => void)>} [attributes]
 */
export function field(label, name, attributes = {}) {
  return el('label', {}, label, el('input', { name, autocomplete: 'off', spellcheck: 'false', ...attributes }));
}

/**
 * @param {string} label
 * @param {string} name
 * @param {readonly string[]} choices
 */
export function choice(label, name, choices) {
  return el('label', {}, label, el('select', { name }, ...choices.map((text) => el('option', { value: text }, text))));
}

/**
 * @typedef {object} Column
 * @property {string} title
 * @property {'short' | 'wide' | 'short wide'} [kind]  short: not broken; wide: not on a telephone
 */

/**
 * @param {string} caption  for those who do not see the page
 * @param {readonly Column[]} columns
 * @param {readonly Child[][]} rows
 * @param {string} nothing  what is said where there is no row
 */
export function table(caption, columns, rows, nothing) {
  if (rows.length === 0) return el('p', { class: 'quiet' }, nothing);
  // The roles are said because a telephone stacks the cells, and what is no table to look at is none to be read aloud either.
  const head = columns.map(({ title, kind = '' }) => el('th', { scope: 'col', role: 'columnheader', class: kind }, title));
  const body = rows.map((cells) => el('tr', { role: 'row' }, ...cells.map((cell, index) => cellOf(columns[index], cell))));
  const made = el(
    'table',
    { role: 'table' },
    el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, ...head)),
    el('tbody', { role: 'rowgroup' }, ...body),
  );
  return el('div', { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: '0' }, made);
}

/**
 * @param {Column | undefined} column
 * @param {Child} cell
 */
function cellOf(column, cell) {
  return el('td', { role: 'cell', class: column?.kind ?? '', 'data-title': column?.title ?? '' }, el('div', {}, cell));
}

/** @param {number | null} at  epoch milliseconds */
export function time(at) {
  return at === null ? 'never' : new Date(at).toISOString().replace('T', ' ').slice(0, 19);
}

/** @param {number} at */
export function timeOfDay(at) {
  return new Date(at).toISOString().slice(11, 23);
}

/**
 * A place that draws what it is handed, and draws again only where that has changed: what somebody is reading, or is
 * about to press, stays where it is.
 *
 * @template Told
 * @param {(told: Told) => Child[]} draw
 */
export function drawing(draw) {
  const place = el('div');
  let before = '';
  return {
    place,
    /** @param {Told} told */
    show: (told) => {
      const now = JSON.stringify(told);
      if (now === before) return;
      before = now;
      const focused = document.activeElement instanceof HTMLElement && place.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
      place.replaceChildren(...draw(told).filter((child) => child !== null && child !== undefined && child !== false));
      if (focused !== undefined) {
        for (const one of place.querySelectorAll('[data-key]')) if (one instanceof HTMLElement && one.dataset.key === focused) one.focus();
      }
    },
    redraw: () => {
      before = '';
    },
  };
}
