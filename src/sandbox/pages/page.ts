import { createHash } from 'node:crypto';
import type { Answer } from '../wire/answer.ts';
import { Html, html } from './html.ts';

const STYLE = `
:root { color-scheme: light dark; --ink: #14202b; --paper: #fff; --ground: #eef2f5; --line: #8896a3; --accent: #0b5c8a; --alarm: #9d1c1c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf1; --paper: #1a232b; --ground: #10171d; --line: #74828f; --accent: #7cc4ee; --alarm: #ff9a94; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 26rem; margin: 4vh auto; padding: 1.5rem; background: var(--paper); border-radius: .75rem; }
h1 { margin: 0 0 1rem; font-size: 1.35rem; line-height: 1.25; overflow-wrap: anywhere; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { width: 100%; margin-top: .25rem; padding: .65rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--paper); color: inherit; font: inherit; }
button { width: 100%; margin-top: 1rem; padding: .75rem; border: 1px solid var(--accent); border-radius: .4rem; background: transparent; color: var(--accent); font: inherit; font-weight: 600; cursor: pointer; }
button.first { background: var(--accent); color: var(--paper); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.alarm { padding: .75rem; border: 1px solid var(--alarm); border-radius: .4rem; color: var(--alarm); }
.small { margin-top: 1.5rem; font-size: .875rem; }
ul { padding-left: 1.25rem; }
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** What a page is made of. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly body: Html;
  /** Where its forms, or the redirects that answer them, may lead, besides here. */
  readonly formAction?: string;
  readonly cookie?: string | undefined;
}

/**
 * A page that works without scripts, cannot be framed, and is kept by nobody.
 *
 * @see RFC 9700 §4.16
 */
export function pageAnswer({ status, title, body, formAction = '', cookie }: Page): Answer {
  const text = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
<p class="small">This is Trunkline’s sandbox, not RingCentral. Use its test users only, never a real password.</p>
</main>
</body>
</html>
`.text;
  const policy = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self' ${formAction}; frame-ancestors 'none'; base-uri 'none'`;
  return {
    status,
    headers: {
      'content-type': 'text/html;charset=UTF-8',
      'cache-control': 'no-store',
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      ...(cookie !== undefined && { 'set-cookie': cookie }),
    },
    body: text,
  };
}
