// @ts-check
/** @typedef {string | Node | null | undefined | false} Child */
import { ask } from './api.js';
import { button, drawing, el, field, form, table } from './dom.js';

const STEPS = [
  { label: '+1 min', seconds: 60 },
  { label: '+1 h', seconds: 3_600 },
  { label: '+7 d', seconds: 7 * 86_400 },
];

/** Clock, limits, lifetimes, and the uncertain rules. */
export function clock() {
  const advance = async (/** @type {number} */ seconds) => {
    await ask('clock', { advanceSeconds: seconds });
    return `Moved the clock on by ${seconds} s.`;
  };
  const reset = el('dialog', { 'aria-labelledby': 'reset-question' });
  reset.append(
    el('p', { id: 'reset-question' }, 'Forget every session, call, message and setting, and begin as on the first day?'),
    el(
      'div',
      { class: 'row' },
      button(
        'Reset',
        async () => {
          await ask('reset', {});
          reset.close();
          return 'Everything is as on the first day.';
        },
        { class: 'alarm' },
      ),
      button('Leave it', async () => reset.close()),
    ),
  );
  const standing = drawing((/** @type {any} */ told) => [
    el(
      'dl',
      {},
      ...definition('Answers at', el('code', {}, told.origin)),
      ...definition('Rate limits', told.limits.scale === 0 ? 'off' : told.limits.scale === 1 ? "the platform's" : `times ${told.limits.scale}`),
      ...definition('Access tokens live', told.lifetimes.accessSeconds === null ? "as the platform's" : `${told.lifetimes.accessSeconds} s`),
      ...definition('Refresh tokens live', told.lifetimes.refreshSeconds === null ? "as the platform's" : `${told.lifetimes.refreshSeconds} s`),
      ...definition('Latencies', told.latencies.length === 0 ? 'none' : told.latencies.map(latencyText).join('; ')),
    ),
    el('h3', {}, 'Rules that are uncertain'),
    table(
      'Rules that are uncertain',
      [{ title: 'Question' }, { title: 'Here' }, { title: 'Rule', kind: 'wide' }],
      told.rules.map((/** @type {any} */ rule) => [rule.question.replaceAll('`', ''), rule.means, el('code', {}, `${rule.name}: ${rule.chosen}`)]),
      'There is none.',
    ),
  ]);
  const place = el(
    'section',
    {},
    el('h2', {}, 'Clock and limits'),
    el(
      'div',
      { class: 'row' },
      ...STEPS.map(({ label, seconds }) => button(label, () => advance(seconds), { 'aria-label': `Move the clock on by ${label.slice(1)}` })),
    ),
    form('Move on', [field('Seconds', 'seconds', { type: 'number', min: '0', step: 'any', required: true })], ({ seconds }) => advance(Number(seconds))),
    form('Set', [field('Rate limits: 1 as the platform, 0 off', 'scale', { type: 'number', min: '0', step: 'any', required: true })], async ({ scale }) => {
      await ask('limits', { scale: Number(scale) });
      return 'Set the rate limits.';
    }),
    form(
      'Set',
      [
        field("Access tokens live, in s (none: the platform's)", 'accessSeconds', { type: 'number', min: '1' }),
        field("Refresh tokens live, in s (none: the platform's)", 'refreshSeconds', { type: 'number', min: '1' }),
      ],
      async (values) => {
        await ask('lifetimes', Object.fromEntries(Object.entries(values).map(([name, seconds]) => [name, Number(seconds)])));
        return 'Set the lifetimes of tokens to come.';
      },
    ),
    standing.place,
    el('h3', {}, 'From the beginning'),
    button('Reset …', async () => reset.showModal(), { class: 'alarm' }),
    reset,
  );
  return { place, refresh: async () => standing.show(without(await ask('overview'), 'clock')) };
}

/**
 * @param {string} term
 * @param {Child} told
 */
function definition(term, told) {
  return [el('dt', { class: 'quiet' }, term), el('dd', {}, told)];
}

/** @param {any} latency */
function latencyText({ method = '', path = 'everything', minMs, maxMs }) {
  return `${method} ${path}: ${minMs}${maxMs === undefined ? '' : `–${maxMs}`} ms`.trim();
}

// The clock is shown above all; drawing for its sake every second would take the page from under one's hands.
/**
 * @param {any} told
 * @param {string} name
 */
function without(told, name) {
  return { ...told, [name]: undefined };
}
