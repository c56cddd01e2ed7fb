import { html } from '../../connect/html.ts';
import type { RingOutParameters } from '../../legacy/ringout/parameters.ts';
import { STATUS_LABELS, command as status } from '../../legacy/ringout/status.ts';
import { plainTextHeaders } from './plain-text.ts';

const LONGEST_CSS_URL = 2_048;
// What may stand in a Content-Security-Policy as it is: a URL also takes `;` and `,` in a host, which begin another directive there.
const PLAIN_HOST = /^[a-z0-9._-]+$/i;

/** The page of a status. */
export interface StatusPage {
  readonly body: string;
  /** Of its style sheet; absent where it has none. */
  readonly styleOrigin: string | undefined;
}

/**
 * The answer to a `status` as a page, where `format=html` asks for one: old web sites show it in a frame, and load it again every
 * some seconds.
 *
 * What the old page looked like is not known. This one has no style of its own; each text stands in an element with a class.
 *
 * @param line  the answer as plain text
 * @returns nothing where no page is asked for
 */
export function statusPage({ cmd, format, css }: RingOutParameters, line: string): StatusPage | undefined {
  if (cmd?.trim().toLowerCase() !== status || format?.trim().toLowerCase() !== 'html') return undefined;
  const sheet = styleSheet(css);
  const [word, , groups = ''] = line.split(' ', 3);
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Call status</title>
${sheet && html`<link rel="stylesheet" href="${sheet.href}">\n`}</head>
<body class="ringout">
${word === 'OK' ? callOf(groups) : html`<p class="error">${line}</p>`}
</body>
</html>
`.text;
  return { body, styleOrigin: sheet?.origin };
}

/**
 * The headers of a status page of `length` bytes.
 *
 * Any site may frame it, even a page that lies in a file, and no other answer here may be framed. It runs nothing and loads nothing but its style sheet, and tells
 * nobody its address, in which the session id stands.
 */
export function statusPageHeaders({ styleOrigin }: StatusPage, length: number, closing: boolean): Readonly<Record<string, string>> {
  const { 'x-frame-options': _unframed, ...shared } = plainTextHeaders(length, closing);
  return {
    ...shared,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src ${styleOrigin ?? "'none'"}; form-action 'none'; base-uri 'none'`,
    'referrer-policy': 'no-referrer',
  };
}

function callOf(groups: string) {
  const [general, to = '', callee, from = '', caller] = groups.split(';');
  if (!general) return html`<p class="status">Completed</p>`;
  return html`<p class="status">${label(general)}</p>
<p class="caller"><span class="number">${from}</span> <span class="status">${label(caller)}</span></p>
<p class="callee"><span class="number">${to}</span> <span class="status">${label(callee)}</span></p>`;
}

function label(number: string | undefined): string {
  return STATUS_LABELS[Number(number)] ?? '';
}

/** An `http` or `https` URL without a user name; anything else is no style sheet. */
function styleSheet(css = ''): URL | undefined {
  const text = css.trim();
  if (text.length > LONGEST_CSS_URL || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return PLAIN_HOST.test(url.hostname) && url.username === '' && url.password === '' ? url : undefined;
}
