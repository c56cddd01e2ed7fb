// @ts-check
import { ask } from './api.js';
import { apps } from './apps.js';
import { clock } from './clock.js';
import { el, sayFailed } from './dom.js';
import { faults } from './faults.js';
import { jwtCredentials } from './jwt-credentials.js';
import { messages } from './messages.js';
import { requests } from './requests.js';
import { sessions } from './sessions.js';
import { users } from './users.js';

/**
 * @typedef {object} Part
 * @property {HTMLElement} place
 * @property {() => Promise<void>} refresh
 */

/** @type {Readonly<Record<string, { title: string, make: () => Part }>>} */
const PARTS = {
  requests: { title: 'Requests', make: requests },
  apps: { title: 'Apps', make: apps },
  users: { title: 'Users', make: users },
  'jwt-credentials': { title: 'JWT credentials', make: jwtCredentials },
  sessions: { title: 'Sessions', make: sessions },
  messages: { title: 'Messages', make: messages },
  faults: { title: 'Faults', make: faults },
  clock: { title: 'Clock and limits', make: clock },
};
const FIRST = 'requests';
const REFRESHED_EVERY_MS = 1_000;

const content = /** @type {HTMLElement} */ (document.getElementById('content'));
const links = Object.entries(PARTS).map(([name, { title }]) => el('a', { href: `#${name}` }, title));
document.getElementById('parts')?.append(...links.map((link) => el('li', {}, link)));

/** @type {Map<string, Part>} */
const made = new Map();
/** @type {Part | undefined} */
let shown;
let isReached = true;

function show() {
  const asked = location.hash.slice(1);
  if (asked === 'content') return;
  const name = asked in PARTS ? asked : FIRST;
  const part = made.get(name) ?? PARTS[name]?.make();
  if (!part) return;
  made.set(name, part);
  shown = part;
  for (const link of links) {
    if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  content.replaceChildren(part.place);
  void refresh();
}

async function refresh() {
  try {
    await shown?.refresh();
    const { clock: told } = await ask('overview');
    const place = document.getElementById('clock');
    if (place) place.textContent = `${new Date(told.now).toISOString().replace('T', ' ').slice(0, 19)} UTC${told.offsetMs === 0 ? '' : ' (moved)'}`;
    isReached = true;
  } catch (error) {
    if (isReached) sayFailed(error instanceof TypeError ? 'The sandbox does not answer.' : error);
    isReached = false;
  }
}

async function keepFresh() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, REFRESHED_EVERY_MS));
    if (document.visibilityState === 'visible') await refresh();
  }
}

addEventListener('hashchange', show);
show();
void keepFresh();
