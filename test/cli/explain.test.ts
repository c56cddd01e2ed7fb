import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LANGUAGES } from '../../src/cli/explain/languages.ts';
import { explainOldRequest } from '../../src/cli/explain.ts';
import { startSandbox } from '../../src/sandbox/start.ts';

const ORIGIN = 'https://platform.ringcentral.com';
const run = promisify(execFile);

async function* only(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** A sandbox, an access token of it, and a folder in which programs run. */
async function world() {
  const sandbox = await startSandbox();
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-explain-'));
  onTestFinished(async () => {
    rmSync(folder, { recursive: true, force: true });
    await sandbox.close();
  });
  const token = async (login: string) => {
    const headers = { authorization: `Basic ${btoa('YourAppKey:YourAppSecret')}`, 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${sandbox.origin}/restapi/oauth/token`, { method: 'POST', headers, body: `grant_type=password&${login}` });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  /** Runs what an old request becomes, in JavaScript, and gives what the last of its programs prints. */
  const runExplained = async (text: string, login: string): Promise<{ readonly status: number; readonly body: unknown }> => {
    const { requests } = await explainOldRequest(only(text), 'US', Date.now());
    const RC_ACCESS_TOKEN = await token(login);
    let printed = '';
    for (const [index, request] of requests.entries()) {
      for (const { fileName } of request.documents ?? []) writeFileSync(join(folder, fileName), `of ${fileName}`);
      writeFileSync(join(folder, `${index}.mjs`), LANGUAGES.javascript(request).replaceAll(ORIGIN, sandbox.origin));
      printed = (await run(process.execPath, [`${index}.mjs`], { cwd: folder, env: { RC_ACCESS_TOKEN } })).stdout;
    }
    return { status: Number(printed.slice(0, 3)), body: printed.length > 5 ? JSON.parse(printed.slice(4)) : undefined };
  };
  return { runExplained };
}

describe('the programs of explain, run', () => {
  test('a call, its status and its end', async () => {
    const { runExplained } = await world();
    const login = 'username=18889363711&extension=101&password=1234';

    const placed = await runExplained(`cmd=call&${login}&to=(650)+555-1230&from=6505551231&prompt=1`, login);
    const { id } = placed.body as { id: string };

    expect(placed).toMatchObject({ status: 200, body: { status: { callStatus: 'InProgress' } } });
    expect(await runExplained(`cmd=status&sessionid=${id}`, login)).toMatchObject({ status: 200, body: { id } });
    expect(await runExplained(`cmd=cancel&sessionid=${id}`, login)).toMatchObject({ status: 204 });
    expect(await runExplained(`cmd=list&${login}`, login)).toMatchObject({
      status: 200,
      body: { records: [{ label: 'Home' }, { label: 'Business' }, { label: 'Mobile' }] },
    });
  });

  test('a fax with two documents, and texts that every quoting would stumble over', async () => {
    const { runExplained } = await world();
    const text = `Recipient=5556465589|John+"Q"+D\\oe;&Recipient=5555568552&Attachment=a&Attachment=b&Coverpage=None&Coverpagetext=It's;+"$x"+\\n+\`&Resolution=high`;

    const sent = await runExplained(text, 'username=15556090455&password=qwerty');

    expect(sent).toMatchObject({
      status: 200,
      body: {
        to: [{ phoneNumber: '+15556465589', name: 'John "Q" D\\oe;' }, { phoneNumber: '+15555568552' }],
        coverPageText: `It's; "$x" \\n \``,
        faxResolution: 'High',
        attachments: [{ contentType: 'text/plain' }, { contentType: 'text/plain' }],
      },
    });
  });
});
