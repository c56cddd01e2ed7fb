// @ts-check

/**
 * Asks a control of the sandbox.
 *
 * @param {string} path  below /_sandbox/
 * @param {object} [body]  with one it is a POST
 * @returns {Promise<any>}
 */
export async function ask(path, body) {
  const sent = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(`/_sandbox/${path}`, { ...sent, cache: 'no-store' });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.message ?? `the sandbox answered ${answer.status}`);
  return told;
}
