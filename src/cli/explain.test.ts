import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HIDDEN } from './explain/explanation.ts';
import { LANGUAGES, type Language } from './explain/languages.ts';
import { jsonText, literal, phpText, shellWord } from './explain/literal.ts';
import { explainOldRequest, explanationLines } from './explain.ts';

const NOW = Date.UTC(2026, 0, 1);
const CANARY = 'canary-password-4711';
const LOGIN = `username=18889363711&ext=101&password=${CANARY}`;
const CALL = `cmd=call&${LOGIN}&to=(650)+555-1230&from=6505551231&clid=8889363711&prompt=1`;
const RING_OUT = '/restapi/v1.0/account/~/extension/~/ring-out';
const CALL_JSON = {
  from: { phoneNumber: '+16505551231' },
  to: { phoneNumber: '+16505551230' },
  callerId: { phoneNumber: '+18889363711' },
  playPrompt: true,
};

async function* inPieces(text: string, size = text.length): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += Math.max(1, size)) yield bytes.subarray(at, at + Math.max(1, size));
}
const explain = (text: string, size?: number) => explainOldRequest(inPieces(text, size), 'US', NOW);
const asked = async (text: string) => (await explain(text)).requests.map(({ method, path, json }) => ({ method, path, ...(json !== undefined && { json }) }));

/** A multipart form of the old service's documentation. */
function multipart(fields: readonly (readonly [name: string, value: string, fileName?: string])[], lineBreak = '\r\n'): string {
  const parts = fields.map(([name, value, fileName]) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    return ['--7d54b1fee05aa', `Content-Disposition: form-data; name="${name}"${file}`, '', value, ''].join(lineBreak);
  });
  return `${parts.join('')}--7d54b1fee05aa--${lineBreak}`;
}

const FAX = [
  ['Username', '15556090455'],
  ['Password', CANARY],
  ['Attachment', 'a text', 'C:\\docs\\price list.txt'],
  ['Recipient', '6505551230|John Doe'],
  ['Recipient', '6505551231'],
  ['Coverpage', 'None'],
  ['Coverpagetext', 'This is a test fax from web'],
  ['Resolution', 'high'],
  ['Sendtime', '19:03:30 08:00'],
] as const;
const FAX_REQUEST = {
  method: 'POST',
  path: '/restapi/v1.0/account/~/extension/~/fax',
  json: {
    to: [{ phoneNumber: '+16505551230', name: 'John Doe' }, { phoneNumber: '+16505551231' }],
    faxResolution: 'High',
    sendTime: '2030-03-19T08:00:00.000Z',
    coverIndex: 0,
    coverPageText: 'This is a test fax from web',
  },
};

describe('explain', () => {
  test.each([
    ['a URL', `https://service.ringcentral.com/ringout.asp?${CALL}`],
    ['a URL in quotes, with a line break', `"https://service.ringcentral.com/ringout.asp?${CALL}"\n`],
    ['a URL of a gateway key', `https://gateway.example/k/tlk_${CANARY}/RingOut.ASP/?${CALL}`],
    ['a URL without its scheme', `service.ringcentral.com/ringout.asp?${CALL}`],
    ['a path', `/ringout.asp?${CALL}`],
    ['a form', CALL],
    ['a form with a line break', `${CALL}\r\n`],
    ['a URL and its form', `https://service.ringcentral.com/ringout.asp\n\n${CALL}\n`],
    ['a whole GET', `GET /ringout.asp?${CALL} HTTP/1.1\r\nHost: service.ringcentral.com\r\nAuthorization: Basic ${CANARY}\r\n\r\n`],
    ['a GET without its end', `GET /ringout.asp?${CALL} HTTP/1.0\nHost: service.ringcentral.com`],
    ['a whole POST', `POST /ringout.asp HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n${CALL}`],
  ])('%s becomes the RingOut that the gateway itself would ask for', async (_what, text) => {
    expect(await asked(text)).toEqual([{ method: 'POST', path: RING_OUT, json: CALL_JSON }]);
  });

  test('a call without from asks for the numbers first', async () => {
    expect(await asked(`cmd=call&${LOGIN}&to=6505551230`)).toEqual([
      { method: 'GET', path: '/restapi/v1.0/account/~/extension/~/forwarding-number?page=1&perPage=100' },
      { method: 'POST', path: RING_OUT, json: { from: { phoneNumber: 'FIRST_FORWARDING_NUMBER' }, to: { phoneNumber: '+16505551230' }, playPrompt: false } },
    ]);
  });

  test.each([
    ['cmd=status&sessionid=18', [{ method: 'GET', path: `${RING_OUT}/RING_OUT_ID` }]],
    ['cmd=status&sessionid=Y3MxNzE4', [{ method: 'GET', path: `${RING_OUT}/Y3MxNzE4` }]],
    ['cmd=status&sessionid=..', [{ method: 'GET', path: `${RING_OUT}/RING_OUT_ID` }]],
    ['cmd=cancel&sessionid=18', [{ method: 'DELETE', path: `${RING_OUT}/RING_OUT_ID` }]],
    [`cmd=list&${LOGIN}`, [{ method: 'GET', path: '/restapi/v1.0/account/~/extension/~/forwarding-number?page=1&perPage=100' }]],
  ])('%s', async (form, requests) => {
    expect(await asked(form)).toEqual(requests);
  });

  test.each([
    [`cmd=call&${LOGIN}&to=nobody`, 'FAILED Invalid Phone Number'],
    ['cmd=status', 'FAILED Invalid Session'],
    ['cmd=dance', 'FAILED Invalid Command'],
    [multipart([['Attachment', 'x', 'a.txt']]), '3'],
    [multipart([['Recipient', '6505551230']]), '4'],
  ])('what the gateway refuses is said to be refused: %#', async (text, refusedWith) => {
    expect(await explain(text)).toMatchObject({ refusedWith, requests: [] });
  });

  test.each([
    ['a bare form', multipart(FAX)],
    ['one whose line breaks were lost', multipart(FAX, '\n')],
    ['a whole POST', `POST /faxapi.asp HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=7d54b1fee05aa\r\n\r\n${multipart(FAX)}`],
    ['a URL and its form', `https://service.ringcentral.com/faxapi.asp\n\n${multipart(FAX, '\n')}`],
  ])('a fax as %s becomes the fax that the gateway itself would send', async (_what, text) => {
    const whole = await explain(text);
    const torn = await explain(text, 7);

    expect(whole.requests).toMatchObject([{ ...FAX_REQUEST, documents: [{ fileName: 'price list.txt', contentType: 'text/plain' }] }]);
    expect(torn).toEqual(whole);
  });

  test('a cover page that only the platform knows is asked for first', async () => {
    const { requests } = await explain('Recipient=6505551230&Attachment=a+text&Coverpage=Formal');

    expect(requests).toMatchObject([
      { method: 'GET', path: '/restapi/v1.0/dictionary/fax-cover-page?perPage=1000' },
      { method: 'POST', json: { coverIndex: 'COVER_INDEX' } },
    ]);
  });

  test('fields that nobody reads are named, and what may be a value is only counted', async () => {
    const { notes } = await explain(`cmd=cancel&sessionid=18&t=1&WS=3&${CANARY}&foo[]=1`);

    expect(notes).toContain('Ignored, as the old service did: t, WS, foo[], 1 more.');
  });

  test.each(['', ' \n', 'hello', '{"to":1}', `https://service.ringcentral.com/other.asp?password=${CANARY}`, `https://x.example/?password=${CANARY}`])(
    'what is no old request is refused, and not repeated: %j',
    async (text) => {
      const refusal = await explain(text).catch((error: Error) => error.message);

      expect(refusal).toMatch(/^(This is no request|Nothing was given)/);
      expect(refusal).not.toContain(CANARY);
    },
  );

  test('a password is never printed, wherever the request was and in whatever language', async () => {
    const texts = [
      `GET /k/tlk_${CANARY}/ringout.asp?${CALL}&${CANARY}&pass-${CANARY}=1 HTTP/1.1\r\nCookie: ${CANARY}\r\n\r\n`,
      `https://${CANARY}:${CANARY}@service.ringcentral.com/ringout.asp?${CALL}`,
      `cmd=dance&${LOGIN}`,
      `cmd=call&${LOGIN}&to=x`,
      multipart(FAX),
      multipart([['Password', CANARY]]),
    ];

    for (const text of texts) {
      const explanation = await explain(text);
      const printed = Object.keys(LANGUAGES).map((language) => explanationLines(explanation, language as Language).join('\n'));
      expect(printed.join('\n')).not.toContain(CANARY);
      expect(JSON.stringify(explanation)).not.toContain(CANARY);
      expect(printed[0]).toContain(HIDDEN);
    }
  });

  test('never throws but to say that it is no old request, whatever comes', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'cmd=',
        'call',
        'status',
        'list',
        '&',
        '=',
        'sessionid=',
        '.',
        '%',
        '/ringout.asp',
        '/faxapi.asp',
        '?',
        '\r\n',
        '--x\r\n',
        'Recipient=',
        'HTTP/1.1',
        'POST ',
      ),
      fc.string({ unit: 'binary', maxLength: 10 }),
    );
    const request = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

    await fc.assert(
      fc.asyncProperty(request, async (text) => {
        const explanation = await explain(text).catch((error: Error) => error.message);
        if (typeof explanation === 'string') expect(explanation).toMatch(/^(This is no request|Nothing was given)/);
        else for (const language of Object.keys(LANGUAGES)) explanationLines(explanation, language as Language);
      }),
    );
  });
});

describe('the programs of explain', () => {
  // Invisible ones among them: marks of direction, joiners, separators, halves of characters, controls.
  const text = fc
    .array(fc.oneof(fc.string(), fc.constantFrom('\u202e', '\u200d', '\ufeff', '\u2028', '\ud83d', '\u009b', '\u{e0041}', '\\u0041', '"')))
    .map((parts) => parts.join(''));

  test('JSON in them is what it was, and holds nothing invisible', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(JSON.parse(jsonText({ value }))).toEqual({ value });
        expect(JSON.parse(literal(value))).toBe(value);
        expect(jsonText(value) + literal(value)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test('a shell reads a word as it is, whatever stands in it', () => {
    const words = fc.sample(fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', '`', '!', ' ', '\n', '*', ';', '#', 'a', 'é') }), 200);

    const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${words.map(shellWord).join(' ')}`], { encoding: 'utf8' });

    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });

  test('in PHP a quote and a backslash are escaped, and nothing else', () => {
    expect(phpText(`it's a \\ "$x" \\n`)).toBe(`'it\\'s a \\\\ "$x" \\\\n'`);
  });

  test.each(Object.keys(LANGUAGES) as Language[])('in %s, a call is a whole program with its method, address, token and JSON', async (language) => {
    const [request] = (await explain(CALL)).requests;
    if (!request) throw new Error('no request');

    const program = LANGUAGES[language](request);

    expect(program).toContain('POST');
    expect(program).toContain(`https://platform.ringcentral.com${RING_OUT}`);
    expect(program).toContain('RC_ACCESS_TOKEN');
    expect(program.replaceAll('\\"', '"')).toContain(JSON.stringify(CALL_JSON));
  });
});
