import type { Routed } from '../wire/route.ts';

/**
 * What is modelled together with what is not, in an order in which the right one is found first: a path that names more
 * of itself goes before one that leaves more open (`…/contact/list` before `…/contact/{contactId}`).
 *
 * What is modelled always wins over the same of the others, whatever their parameters are called.
 */
export function besideModelled<Target extends Routed>(modelled: readonly Target[], others: readonly Target[]): readonly Target[] {
  const taken = new Set(modelled.map(shapeOf));
  const all = [...modelled, ...others.filter((other) => !taken.has(shapeOf(other)))];
  return all
    .map((target) => ({ target, openness: opennessOf(target) }))
    .sort((one, other) => (one.openness < other.openness ? -1 : one.openness > other.openness ? 1 : 0))
    .map(({ target }) => target);
}

function shapeOf({ method, path }: Routed): string {
  return `${method} ${path.replace(/\{[^{}]*\}/g, '{}')}`;
}

/** A digit for each segment, 1 for a parameter: compared as text, the leftmost difference decides. */
function opennessOf({ path }: Routed): string {
  return path
    .split('/')
    .map((segment) => (segment.startsWith('{') ? '1' : '0'))
    .join('');
}
