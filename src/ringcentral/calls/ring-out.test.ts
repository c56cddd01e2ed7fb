import { describe, expect, test } from 'vitest';
import { PlatformRefused } from '../../domain/errors.ts';
import { cancelRingOutRequest, createRingOutRequest, getRingOutRequest, processRingOutResponse } from './ring-out.ts';

const PATH = '/restapi/v1.0/account/~/extension/~/ring-out';

const answer = (status: number, body: unknown) => ({ status, headers: new Headers(), text: JSON.stringify(body) });

describe('createRingOutRequest', () => {
  test('is the JSON that the platform documents', () => {
    const request = createRingOutRequest({ from: '+16505551231', to: '+16505551230', callerId: '+18889363711', playPrompt: true });

    expect(request).toEqual({
      method: 'POST',
      path: PATH,
      json: {
        from: { phoneNumber: '+16505551231' },
        to: { phoneNumber: '+16505551230' },
        callerId: { phoneNumber: '+18889363711' },
        playPrompt: true,
      },
      permission: 'RingOut',
      group: 'heavy',
    });
  });

  test('leaves out what is absent, but always says whether to prompt', () => {
    expect(createRingOutRequest({ to: '101', playPrompt: false }).json).toEqual({ to: { phoneNumber: '101' }, playPrompt: false });
  });
});

describe('getRingOutRequest and cancelRingOutRequest', () => {
  test('escape the id', () => {
    expect(getRingOutRequest('Y3Mx/a?b#c')).toEqual({ method: 'GET', path: `${PATH}/Y3Mx%2Fa%3Fb%23c`, permission: 'RingOut', group: 'light' });
    expect(cancelRingOutRequest('Y3Mx')).toEqual({ method: 'DELETE', path: `${PATH}/Y3Mx`, permission: 'RingOut', group: 'heavy' });
  });

  test.each(['', '.', '..', '...'])('refuse %j, which would lead to another resource', (id) => {
    expect(() => cancelRingOutRequest(id)).toThrow(TypeError);
    expect(() => getRingOutRequest(id)).toThrow(TypeError);
  });
});

describe('processRingOutResponse', () => {
  test('gives id and status', () => {
    const status = { callStatus: 'InProgress', callerStatus: 'Success', calleeStatus: 'Busy' };

    expect(processRingOutResponse(answer(200, { id: 'Y3Mx', uri: 'https://…', status }))).toEqual({ id: 'Y3Mx', status });
  });

  test('takes a numeric id, and a status without words as unknown', () => {
    const invalid = { callStatus: 'Invalid', callerStatus: 'Invalid', calleeStatus: 'Invalid' };

    expect(processRingOutResponse(answer(200, { id: 10 }))).toEqual({ id: '10', status: invalid });
    expect(processRingOutResponse(answer(200, { id: 10, status: 'fine' }))).toEqual({ id: '10', status: invalid });
    expect(processRingOutResponse(answer(200, { id: 10, status: { callStatus: 7, callerStatus: null } }))).toEqual({ id: '10', status: invalid });
  });

  test('a refusal carries status and the finest code', () => {
    const refused = { errorCode: 'InvalidParameter', message: 'no', errors: [{ errorCode: 'TEL-107' }] };

    expect(() => processRingOutResponse(answer(400, refused))).toThrow(new PlatformRefused(400, 'TEL-107'));
  });

  test.each([{}, { id: null }, { id: '' }, { id: '..' }, { id: 'a\nb' }, { id: '\ud800' }, [], 'text'])(
    'a success without a usable id is a refusal: %j',
    (body) => {
      expect(() => processRingOutResponse(answer(200, body))).toThrow(new PlatformRefused(200, 'HTTP 200'));
    },
  );
});
