import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command, control, place, runUntil } from './trunkline.ts';

const API = `
openapi: 3.0.3
paths:
  /restapi/v1.0/weather:
    get:
      x-throttling-group: Light
      responses: { '200': { content: { application/json: { schema: { type: object, properties: { sky: { type: string, enum: [Blue] } } } } } } }
`;

describe('trunkline sandbox', () => {
  test('--openapi: what the file describes is answered', async () => {
    const at = await place();
    writeFileSync(join(at.folder, 'api.yml'), API);
    await runUntil('The sandbox answers', at, ['sandbox', '--openapi', 'api.yml']);

    const answer = await fetch(`${at.sandbox}/restapi/v1.0/weather`);

    expect([answer.status, await answer.json()]).toEqual([200, { sky: 'Blue' }]);
  });

  test('--openapi with a file that is none: one line that says what to do, exit status 1', async () => {
    const at = await place();
    writeFileSync(join(at.folder, 'api.yml'), 'hello');

    const { status, stderr } = await command(at, ['sandbox', '--openapi', 'api.yml']);

    expect(status).toBe(1);
    expect(stderr).toBe(
      'trunkline: api.yml cannot be used: it is not an OpenAPI file: it has no "openapi: 3…" at its top; name RingCentral\'s own file, as its API reference offers it, in YAML or JSON.\n',
    );
  });

  test('calibrate without an account, and with one that is not good: one line, exit status 1, no secret', async () => {
    const at = await place();
    await runUntil('The sandbox answers', at, ['sandbox']);
    const env = { RC_SERVER_URL: at.sandbox, RC_APP_CLIENT_ID: 'YourAppKey', RC_APP_CLIENT_SECRET: 'YourAppSecret', RC_USER_JWT: 'not-a-jwt-5550100' };

    const none = await command(at, ['sandbox', 'calibrate']);
    const refused = await command(at, ['sandbox', 'calibrate', '--sandbox-profile', 'strict', '--json'], { env });

    expect([none.status, none.stderr]).toEqual([
      1,
      'trunkline: No account is named; set RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET (unless the App is public) and RC_USER_JWT.\n',
    ]);
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('The account cannot be asked: the sign-in with the JWT was refused: 400 invalid_grant OAU-140.');
    expect(refused.stderr).not.toContain('not-a-jwt-5550100');
    expect((await control(at, 'state')).sessions).toEqual([]);
  });
});
