import { describe, expect, test } from 'vitest';
import { sends } from './sends.ts';

const EXTENSION = '/restapi/v1.0/account/~/extension/~';

describe('sends', () => {
  test.each([
    `${EXTENSION}/ring-out`,
    `${EXTENSION}/fax`,
    `${EXTENSION}/sms`,
    `${EXTENSION}/mms`,
    `${EXTENSION}/company-pager`,
    '/restapi/v1.0/account/123/a2p-sms/batches',
    '/restapi/v1.0/account/~/telephony/call-out',
    '/restapi/v1.0/account/~/telephony/conference',
    '/restapi/v1.0/account/~/telephony/sessions/s-1/parties/p-1/transfer',
    '/team-messaging/v1/chats/1/posts',
  ])('POST %s does; reading the same path does not', (path) => {
    expect([sends('POST', path), sends('GET', path)]).toEqual([true, false]);
  });

  test.each([
    `${EXTENSION}/ring-out/s-1`,
    `${EXTENSION}/message-store`,
    `${EXTENSION}/sms/extra`,
    '/restapi/v1.0/account/~/telephony/sessions/s-1/parties/p-1/hold',
    '/restapi/oauth/token',
  ])('POST %s does not', (path) => {
    expect(sends('POST', path)).toBe(false);
  });
});
