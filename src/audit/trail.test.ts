import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../domain/audit.ts';
import { StoreUnavailable } from '../domain/errors.ts';
import { createTrail } from './trail.ts';

const ENTRY = { who: 'admin', action: 'createApp', object: 'apps/a\nb', address: '192.0.2.7', result: 'ok', requestId: 'r' };

function trail(appendAudit: (entry: AuditEntry) => Promise<void>) {
  const logged: unknown[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (event: string, fields?: object) => logged.push({ event, ...fields }) };
  return {
    logged,
    trail: createTrail({ store: { appendAudit }, clock: { now: () => 7 }, log: { ...log, error: (event, fields) => void log.error(event, fields) } }),
  };
}

describe('the audit trail', () => {
  test('67: a line has its time, and is one line', async () => {
    const written: AuditEntry[] = [];
    const { trail: to } = trail(async (entry) => void written.push(entry));

    await to.record(ENTRY);

    expect(written).toEqual([{ ...ENTRY, at: 7, object: 'apps/a\\u000ab', times: 1 }]);
  });

  test('67: what is only counted becomes one line of each kind, with its number', async () => {
    const written: AuditEntry[] = [];
    const { trail: to } = trail(async (entry) => void written.push(entry));
    for (let request = 0; request < 1_000; request += 1) to.counted({ ...ENTRY, result: request % 10 === 0 ? '404' : 'ok' });

    await to.sumUp();
    await to.sumUp();

    expect(written.map(({ result, times }) => [result, times])).toEqual([
      ['404', 100],
      ['ok', 900],
    ]);
  });

  test('27: what cannot be recorded is not to be done; it stands in the log whole', async () => {
    const { trail: to, logged } = trail(async () => Promise.reject(new Error('disk full')));

    await expect(to.record(ENTRY)).rejects.toThrow(StoreUnavailable);
    expect(logged).toEqual([{ event: 'audit.not_written', ...ENTRY, at: 7, object: 'apps/a\\u000ab', times: 1 }]);
  });

  test('27: a note about what has happened never fails, and is not dropped silently', async () => {
    const { trail: to, logged } = trail(async () => Promise.reject(new Error('disk full')));

    await expect(to.note(ENTRY)).resolves.toBeUndefined();
    expect(logged).toHaveLength(1);
  });
});
