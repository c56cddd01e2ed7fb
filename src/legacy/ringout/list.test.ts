import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ForwardingNumber } from '../../ringcentral/calls/forwarding-number.ts';
import { render } from './list.ts';

const forwarding = (phoneNumber: string, label: string, more: Partial<ForwardingNumber> = {}): ForwardingNumber => ({
  phoneNumber,
  label,
  type: 'Home',
  features: ['CallForwarding'],
  ...more,
});

describe('list.render', () => {
  test('rule 12: shows numbers that calls are forwarded to, and no others', () => {
    const numbers = [
      forwarding('+16505550100', 'Flip', { features: ['CallFlip'] }),
      forwarding('+16505550101', 'Both', { features: ['CallFlip', 'CallForwarding'] }),
      forwarding('', 'App'),
      forwarding('+442079460958', 'London'),
    ];

    expect(render(numbers)).toBe('OK 6505550101;Both;+442079460958;London');
  });

  test('rule 12: is OK and a space where there are none', () => {
    expect(render([])).toBe('OK ');
  });

  test('rule 12: a label holds no separator, no line break, no control character and no markup', () => {
    expect(render([forwarding('+16505550100', ' a;b\r\nc\0d<e>&f\u2028g ')])).toBe('OK 6505550100;a b c d e f g');
  });

  test('rule 12: a label is never empty: the type stands in, then the number', () => {
    expect(render([forwarding('+16505550100', ';'), forwarding('+16505550101', '', { type: '' })])).toBe('OK 6505550100;Home;6505550101;6505550101');
  });

  test('rule 12: labels are unique', () => {
    const numbers = ['Home', 'Home', 'Home 2', 'Home'].map((label, index) => forwarding(`+1650555010${index}`, label));

    expect(render(numbers)).toBe('OK 6505550100;Home;6505550101;Home 2;6505550102;Home 2 2;6505550103;Home 3');
  });

  test('rule 12: whatever the labels, the items are even, none is empty, and no label comes twice', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('', 'Home', ';', '<b>', 'a\nb'));
    const number = fc.record({
      phoneNumber: fc.oneof(fc.constantFrom('+16505550100', '+442079460958', ''), fc.string()),
      label: text,
      type: text,
      features: fc.constant(['CallForwarding']),
    });

    const wellFormed = (numbers: readonly ForwardingNumber[]) => {
      const body = render(numbers);
      if (body === 'OK ') return true;
      const items = body.slice(3).split(';');
      const labels = items.filter((_item, index) => index % 2 === 1);
      return items.length % 2 === 0 && items.every((item) => item.trim() !== '') && new Set(labels).size === labels.length && !/[\p{Cc}<>&]/u.test(body);
    };

    fc.assert(fc.property(fc.array(number), wellFormed));
  });
});
