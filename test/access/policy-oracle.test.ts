import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_PERMISSION, type Policy, type PolicyQuestion, policyRefusal } from '../../src/domain/policy.ts';
import { PERMISSIONS, withIncluded } from '../../src/ringcentral/facts/permissions.ts';
import { figures } from '../figures.ts';

// Few values, so that they often meet.
const v4 = fc.tuple(fc.constantFrom(10, 192), fc.constantFrom(0, 128), fc.constantFrom(0, 1, 255), fc.nat(255));
const v6 = fc.tuple(fc.constantFrom(0x2001, 0xfe80), fc.constantFrom(0, 0xdb8), fc.constantFrom(0, 0x8000), fc.nat(0xffff));
const v4Text = v4.map((parts) => parts.join('.'));
const v6Text = v6.map(([a, b, c, d]) => `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}::${d.toString(16)}`);
const address = fc.oneof(
  v4Text,
  v6Text,
  v4Text.map((text) => `::ffff:${text}`),
  fc.constantFrom('', 'unknown', '10.0.0', '::1'),
);
const block = fc.oneof(
  v4Text,
  v6Text,
  fc.tuple(v4Text, fc.nat(32)).map(([text, bits]) => `${text}/${bits}`),
  fc.tuple(v6Text, fc.constantFrom(0, 1, 15, 16, 32, 33, 48, 64, 127, 128)).map(([text, bits]) => `${text}/${bits}`),
);
const segment = fc.constantFrom('restapi', 'v1.0', 'account', '~', '123', 'ring-out', 'a%20b', 'a%2Cb', 'a,b');
const path = fc.tuple(fc.array(segment, { minLength: 1, maxLength: 5 }), fc.boolean()).map(([segments, slash]) => `/${segments.join('/')}${slash ? '/' : ''}`);
const pattern = fc
  .tuple(fc.array(fc.oneof(segment, fc.constant('*')), { maxLength: 5 }), fc.boolean(), fc.boolean())
  .map(([segments, rest, slash]) => `/${[...segments, ...(rest ? ['**'] : [])].join('/')}${slash && !rest && segments.length > 0 ? '/' : ''}`);
const method = fc.constantFrom('GET', 'POST', 'DELETE', 'HEAD');
const permission = fc.constantFrom(...Object.keys(PERMISSIONS));
const some = <Value>(values: fc.Arbitrary<Value>) => fc.option(fc.array(values, { maxLength: 3 }), { nil: undefined });

const policies: fc.Arbitrary<Policy | undefined> = fc.option(
  fc
    .record({
      ipAllow: some(block),
      methods: some(
        fc.oneof(
          method,
          method.map((name) => name.toLowerCase()),
        ),
      ),
      paths: some(pattern),
      permissions: some(permission),
    })
    .map((given) => Object.fromEntries(Object.entries(given).filter(([, list]) => list !== undefined)) as Policy),
  { nil: undefined, freq: 20 },
);
const questions: fc.Arbitrary<PolicyQuestion> = fc.record({
  address,
  method,
  path,
  permission: fc.oneof(permission, fc.array(permission, { maxLength: 2 }), fc.constantFrom(undefined, NO_PERMISSION)),
});

describe('a random Policy', () => {
  test(
    '36: decides as a naive reading of the documentation does',
    () => {
      const answers = { allowed: 0, refused: 0 };
      fc.assert(
        fc.property(policies, questions, (policy, question) => {
          const allowed = policyRefusal(policy, question, withIncluded) === undefined;

          expect(allowed).toBe(naively(policy, question));
          answers[allowed ? 'allowed' : 'refused']++;
        }),
        { numRuns: figures(3_000, 100_000) },
      );
      expect(Math.min(answers.allowed, answers.refused)).toBeGreaterThan(figures(100, 2_500));
    },
    figures(30_000, 900_000),
  );
});

function naively(policy: Policy | undefined, question: PolicyQuestion): boolean {
  if (policy === undefined) return true;
  const rules = [
    () => policy.ipAllow === undefined || policy.ipAllow.some((one) => bitsOf(question.address)?.startsWith(blockBits(one)) ?? false),
    () => policy.methods === undefined || policy.methods.map((name) => name.toUpperCase()).includes(question.method),
    () => policy.paths === undefined || policy.paths.some((one) => expressionOf(one).test(decodeURIComponent(question.path))),
    () => policy.permissions === undefined || holds(policy.permissions, question.permission),
  ];
  return rules.every((rule) => rule());
}

/** The kind of an address and its bits, so that a block is the beginning of each of its addresses. */
function bitsOf(text: string): string | undefined {
  const four = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1];
  if (four !== undefined)
    return `4 ${four
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('')}`;
  if (!text.includes('::')) return undefined;
  const [head = [], tail = []] = text.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
  return `6 ${groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('')}`;
}

function blockBits(text: string): string {
  const [network = '', length] = text.split('/');
  const bits = bitsOf(network) ?? '';
  return length === undefined ? bits : bits.slice(0, 2 + Number(length));
}

function expressionOf(text: string): RegExp {
  const rest = text.endsWith('/**');
  const source = decodeURIComponent(rest ? text.slice(0, -3) : text)
    .replace(/\/$/, '')
    .split('/')
    .map((one) => (one === '*' ? '[^/]+' : one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}${rest ? '(/.*)?' : '/?'}$`);
}

function holds(listed: readonly string[], needed: PolicyQuestion['permission']): boolean {
  const held = new Set(listed);
  for (const _ of Object.keys(PERMISSIONS)) for (const one of [...held]) for (const included of PERMISSIONS[one] ?? []) held.add(included);
  if (needed === undefined || listed.length === 0) return false;
  if (needed === '') return true;
  return typeof needed === 'string' ? held.has(needed) : needed.some((one) => held.has(one));
}
