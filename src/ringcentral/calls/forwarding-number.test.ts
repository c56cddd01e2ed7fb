import { describe, expect, test } from 'vitest';
import { PlatformRefused } from '../../domain/errors.ts';
import { listForwardingNumbersRequest, processForwardingNumbersResponse } from './forwarding-number.ts';

const answer = (status: number, body: unknown) => ({ status, headers: new Headers(), text: JSON.stringify(body) });

describe('listForwardingNumbersRequest', () => {
  test('asks for one page', () => {
    expect(listForwardingNumbersRequest(2)).toEqual({
      method: 'GET',
      path: '/restapi/v1.0/account/~/extension/~/forwarding-number',
      query: { page: '2', perPage: '100' },
      permission: 'ReadAccounts',
      group: 'light',
    });
  });
});

describe('processForwardingNumbersResponse', () => {
  test('gives the records', () => {
    const record = { phoneNumber: '+16505553711', label: 'Home', type: 'Home', features: ['CallForwarding'] };

    expect(processForwardingNumbersResponse(answer(200, { records: [{ id: '1', ...record }] }))).toEqual({ numbers: [record] });
  });

  test('a record may lack everything', () => {
    const empty = { phoneNumber: '', label: '', type: '', features: [] };

    expect(processForwardingNumbersResponse(answer(200, { records: [{}, null, { phoneNumber: 1, features: [2] }] })).numbers).toEqual([empty, empty, empty]);
    expect(processForwardingNumbersResponse(answer(200, {})).numbers).toEqual([]);
  });

  test.each([
    [{ paging: { page: 1, totalPages: 3 } }, 2],
    [{ paging: { page: 3, totalPages: 3 } }, undefined],
    [{ paging: { page: 2 }, navigation: { nextPage: { uri: 'https://…' } } }, 3],
    [{ paging: { page: 1 }, navigation: {} }, undefined],
    [{}, undefined],
  ])('says whether there is another page: %j', (body, nextPage) => {
    expect(processForwardingNumbersResponse(answer(200, body)).nextPage).toBe(nextPage);
  });

  test('a refusal carries status and code', () => {
    expect(() => processForwardingNumbersResponse(answer(403, { errors: [{ errorCode: 'CMN-401' }] }))).toThrow(new PlatformRefused(403, 'CMN-401'));
  });
});
