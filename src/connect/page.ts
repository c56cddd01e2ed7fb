import { createHash } from 'node:crypto';
import { Html, html } from './html.ts';

const STYLE = `
:root { color-scheme: light dark; --ink: #17212b; --soft: #4a5763; --paper: #fff; --ground: #eef1f4; --line: #7d8a96; --accent: #0a5a8c; --alarm: #9d1c1c; --good: #1b6a3a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf1; --soft: #b3bfc9; --paper: #1a232b; --ground: #10171d; --line: #7d8a96; --accent: #7cc4ee; --alarm: #ff9a94; --good: #7fd6a0; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 3vh auto; padding: 1.5rem; background: var(--paper); border-radius: .75rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.25; }
h2 { margin: 1.5rem 0 .25rem; font-size: 1.05rem; }
a { color: var(--accent); }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 1rem 0; }
dt { color: var(--soft); }
dd { margin: 0; font-weight: 600; }
ul, ol { padding-left: 1.4rem; }
li { margin: .25rem 0; }
code { padding: .1rem .3rem; border: 1px solid var(--line); border-radius: .3rem; font-size: .9em; }
label { display: block; margin-top: 1rem; font-weight: 600; }
textarea { width: 100%; min-height: 9rem; margin-top: .25rem; padding: .65rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--paper); color: inherit; font: .9rem/1.4 ui-monospace, monospace; resize: vertical; }
button, a.button { display: block; width: 100%; margin-top: 1rem; padding: .75rem; border: 1px solid var(--accent); border-radius: .4rem; background: transparent; color: var(--accent); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
.first, a.button.first { background: var(--accent); color: var(--paper); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.alarm { padding: .75rem; border: 1px solid var(--alarm); border-radius: .4rem; color: var(--alarm); }
.alarm p { margin: .25rem 0; }
.good { color: var(--good); font-weight: 600; }
.small { margin-top: 1.5rem; color: var(--soft); font-size: .875rem; }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** What a page is made of. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly body: Html;
  /** Where its forms, or the redirects that answer them, may lead besides here, as a Content-Security-Policy says it. */
  readonly formAction?: string;
}

/** A page, ready to be sent. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A page that needs no script, loads nothing, cannot be framed, is kept by nobody, and tells no other site its address.
 *
 * @see RFC 9700 §4.2.4, §4.16
 */
export function pageAnswer({ status, title, body, formAction = '' }: Page): PageAnswer {
  const text = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text;
  const policy = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; form-action 'self' ${formAction}; frame-ancestors 'none'; base-uri 'none'`;
  return { status, headers: { ...PAGE_HEADERS, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }, body: text };
}

/** What a redirect to another page is sent with too. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
};
