import type { NewCall } from './call-record.ts';

const STEP_MS = 60_000;
const DURATION_STEP_MS = 7_000;
// What a year's log looks like in small: most calls are connected, some are not.
const KINDS: readonly Pick<NewCall, 'type' | 'direction' | 'action' | 'result'>[] = [
  { type: 'Voice', direction: 'Outbound', action: 'VoIP Call', result: 'Call connected' },
  { type: 'Voice', direction: 'Inbound', action: 'Phone Call', result: 'Accepted' },
  { type: 'Voice', direction: 'Inbound', action: 'Phone Call', result: 'Missed' },
  { type: 'Voice', direction: 'Outbound', action: 'RingOut Web', result: 'Call connected' },
  { type: 'Fax', direction: 'Outbound', action: 'Outgoing Fax', result: 'Sent' },
];
const NUMBERS = 100;

/**
 * Calls for tests of lists, the same for the same arguments: one a minute, the last of them a minute ago.
 *
 * @param own  the number that the user calls with
 * @returns oldest first
 */
export function generateCalls(count: number, own: string, now: number): readonly NewCall[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = KINDS[index % KINDS.length] as (typeof KINDS)[number];
    const [user, other] = [{ phoneNumber: own }, { phoneNumber: `+1650555${String(100 + (index % NUMBERS)).padStart(4, '0')}` }];
    const isTalked = kind.result !== 'Missed';
    return {
      ...kind,
      from: kind.direction === 'Outbound' ? user : other,
      to: kind.direction === 'Outbound' ? other : user,
      startTime: now - (count - index) * STEP_MS,
      durationMs: isTalked ? ((index % NUMBERS) + 1) * DURATION_STEP_MS : 0,
    };
  });
}
