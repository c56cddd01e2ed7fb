import { describe, expect, test } from 'vitest';
import { appFromDraft, originFault } from './app.ts';

describe('appFromDraft', () => {
  test("RingCentral's own platform has its media and RingCX hosts", () => {
    const app = appFromDraft({ name: 'main', platformOrigin: 'https://platform.ringcentral.com/', clientId: 'id' }, 1);

    expect(app).toMatchObject({
      platformOrigin: 'https://platform.ringcentral.com',
      mediaOrigin: 'https://media.ringcentral.com',
      ringcxOrigin: 'https://ringcx.ringcentral.com',
      createdAt: 1,
    });
  });

  test('another platform serves all three from one origin unless told otherwise', () => {
    const app = appFromDraft({ name: 'main', platformOrigin: 'http://127.0.0.1:8090', ringcxOrigin: 'https://cx.example.com', clientId: 'id' }, 1);

    expect(app).toMatchObject({ mediaOrigin: 'http://127.0.0.1:8090', ringcxOrigin: 'https://cx.example.com' });
  });
});

describe('originFault', () => {
  test.each(['https://platform.ringcentral.com', 'https://platform.ringcentral.biz:8443', 'http://127.0.0.1:8090', 'http://localhost:1', 'http://[::1]:8090'])(
    '%s can be a destination',
    (origin) => {
      expect(originFault(origin)).toBeUndefined();
    },
  );

  test.each([
    'platform.ringcentral.com',
    'http://platform.ringcentral.com',
    'http://127.0.0.1.example.com',
    'https://user:pass@platform.ringcentral.com',
    'https://platform.ringcentral.com/restapi',
    'https://platform.ringcentral.com?x=1',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    '',
  ])('"%s" cannot', (origin) => {
    expect(originFault(origin)).toMatch(/^must /);
  });
});
