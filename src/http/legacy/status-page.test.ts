import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { statusPage, statusPageHeaders } from './status-page.ts';

const ASKED = { cmd: 'status', sessionid: '18', format: 'html' };
const GOING_ON = 'OK 18 1;6505551230;2;6505551231;0';

const page = (css?: string, line = GOING_ON) => {
  const made = statusPage({ ...ASKED, ...(css !== undefined && { css }) }, line);
  if (!made) throw new Error('no page');
  return made;
};
const policyOf = (css?: string) => statusPageHeaders(page(css), 0, false)['content-security-policy'] ?? '';
const linkOf = (body: string) => /<link rel="stylesheet" href="([^"]*)">/.exec(body)?.[1];

/** The tags of a page as a browser would find them: what stands between `<` and `>`, and stray ones. */
const tagsOf = (body: string) => body.match(/<[^>]*>?|>/g) ?? [];

// Pieces that end a text, an attribute or a directive, and what would follow.
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('<', '>', '"', "'", '&', ';', ',', ' ', '\n', '\0', '</p>', '<script>alert(1)</script>', '"onload="', '&lt;', 'javascript:', '\u2028'),
      fc.string(),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''));

describe('statusPage', () => {
  test('says how the call and each party stand, in the documented words', () => {
    expect(page().body).toBe(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Call status</title>
</head>
<body class="ringout">
<p class="status">In Progress</p>
<p class="caller"><span class="number">6505551231</span> <span class="status">Success</span></p>
<p class="callee"><span class="number">6505551230</span> <span class="status">Busy</span></p>
</body>
</html>
`);
  });

  test('a call that is over, or unknown, is completed', () => {
    expect(page(undefined, 'OK 18 ').body).toContain('<body class="ringout">\n<p class="status">Completed</p>\n</body>');
  });

  test('an error is the line that it would be without a page', () => {
    expect(page(undefined, 'FAILED Service Unavailable').body).toContain('<p class="error">FAILED Service Unavailable</p>');
  });

  test.each([
    { cmd: 'status' },
    { cmd: 'status', format: 'json' },
    { cmd: 'status', css: 'https://crm.example/a.css' },
    { cmd: 'list', format: 'html' },
    { cmd: 'call', format: 'html' },
    { cmd: 'cancel', format: 'html' },
    { format: 'html' },
  ])('only a status with format=html is a page: %o', (parameters) => {
    expect(statusPage(parameters, GOING_ON)).toBeUndefined();
  });

  test('the command and the format count in any case', () => {
    expect(statusPage({ cmd: ' Status', format: 'HTML ' }, GOING_ON)).toBeDefined();
  });

  test.each(['http://crm.example/a.css', 'HTTPS://crm.example:8443/x/a.css?v=1&w=2', 'https://192.0.2.1/a.css'])(
    '%s is linked, and nothing else may be loaded',
    (css) => {
      const { href, origin } = new URL(css);

      expect(linkOf(page(css).body)).toBe(href.replaceAll('&', '&amp;'));
      expect(policyOf(css)).toBe(`default-src 'none'; style-src ${origin}; form-action 'none'; base-uri 'none'`);
    },
  );

  test.each([
    'javascript:alert(1)',
    'data:text/css,p{}',
    'ftp://crm.example/a.css',
    'file:///a.css',
    '//crm.example/a.css',
    '/a.css',
    'a.css',
    'https://',
    'https://user:secret@crm.example/a.css',
    'https://crm.example;script-src/a.css',
    "https://crm.example,script-src'/a.css",
    'https://[2001:db8::1]/a.css',
    `https://crm.example/${'a'.repeat(3_000)}`,
    '',
  ])('%s is no style sheet: the page has none, and may load nothing', (css) => {
    expect(linkOf(page(css).body)).toBeUndefined();
    expect(policyOf(css)).toBe("default-src 'none'; style-src 'none'; form-action 'none'; base-uri 'none'");
  });

  test('whatever the line holds, the page has the tags it has without it', () => {
    const call = tagsOf(page().body);
    const error = tagsOf(page(undefined, 'FAILED').body);

    const isEscaped = (to: string, from: string) => {
      const given = tagsOf(page(undefined, `OK 18 1;${to.replace(/[; ]/g, '')};1;${from.replace(/[; ]/g, '')};1`).body);
      const failed = tagsOf(page(undefined, `FAILED ${to}`).body);
      expect(given).toEqual(call);
      expect(failed).toEqual(error);
    };

    fc.assert(fc.property(hostile, hostile, isEscaped));
  });

  test('whatever the style sheet is called, the page has one link at most, to http or https, and the policy its four directives', () => {
    const css = fc.oneof(
      hostile,
      hostile.map((path) => `https://crm.example/${path}`),
      hostile.map((host) => `https://${host}/a.css`),
    );
    const bare = tagsOf(page().body);

    const isHarmless = (sheet: string) => {
      const tags = tagsOf(page(sheet).body);
      const links = tags.filter((tag) => tag.startsWith('<link'));
      expect(links.length).toBeLessThanOrEqual(1);
      for (const link of links) expect(link).toMatch(/^<link rel="stylesheet" href="https?:\/\/[^"<>']*">$/);
      expect(tags.filter((tag) => !tag.startsWith('<link'))).toEqual(bare);
      expect(policyOf(sheet)).toMatch(/^default-src 'none'; style-src ('none'|https?:\/\/[\w.:-]+); form-action 'none'; base-uri 'none'$/);
    };

    fc.assert(fc.property(css, isHarmless));
  });
});
