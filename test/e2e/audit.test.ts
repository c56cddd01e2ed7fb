import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import type { AuditRecord } from '../../src/domain/audit.ts';
import { until } from '../until.ts';
import { command, manage, place, runUntil } from './trunkline.ts';

// One test starts some processes after each other.
vi.setConfig({ testTimeout: 120_000 });

test('68: a start removes the lines whose time is over, and doctor names one that is missing', async () => {
  const at = await place();
  await (await runUntil('Ctrl-C stops both.', at, ['start'])).stop();
  const db = new BetterSqlite3(join(at.folder, 'data/trunkline.db'));
  db.exec('drop trigger audit_no_update; update audit set at = 1');
  const { newest } = db.prepare('select max(seq) as newest from audit').get() as { newest: number };

  const running = await runUntil('Ctrl-C stops both.', at, ['start']);
  const trimmed = await until(async () => {
    const { body } = await manage(at, 'GET', 'audit');
    return (body.items as AuditRecord[]).find(({ action }) => action === 'trimAudit');
  });
  const whole = await command(at, ['doctor']);
  await running.stop();
  db.exec(`drop trigger audit_no_delete; delete from audit where seq = ${trimmed.seq - 1}`);
  db.close();
  const broken = await command(at, ['doctor']);

  expect(trimmed.object).toMatch(/^audit\/1-\d+$/);
  expect(Number(trimmed.object.split('-')[1])).toBeGreaterThanOrEqual(newest - 1);
  expect(whole.stdout).toMatch(/^ok +audit: lines \d+ to \d+ are there$/m);
  expect(broken.stdout).toMatch(new RegExp(`^fail audit: line ${trimmed.seq - 1} is missing; `, 'm'));
});

test('67: refusals that are only counted so far are written when the gateway ends', async () => {
  const at = await place();
  const running = await runUntil('Trunkline is ready.', at, ['serve']);
  for (let index = 0; index < 5; index += 1) await fetch(`${at.gateway}/trunkline/api/apps`, { headers: { authorization: 'Bearer wrong' } });

  await running.stop();
  await runUntil('Trunkline is ready.', at, ['serve']);
  const { body } = await manage(at, 'GET', 'audit');

  expect((body.items as AuditRecord[]).map(({ result, times }) => [result, times])).toEqual([
    ['admin_token_wrong', 4],
    ['admin_token_wrong', 1],
  ]);
});
