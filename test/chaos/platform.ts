import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Profile } from '../../src/sandbox/profile.ts';

const PLATFORM = fileURLToPath(new URL('./platform.mjs', import.meta.url));

/** A sandbox in a process of its own, without limits, that counts for as long as it lives. */
export interface CountingPlatform {
  readonly origin: string;
  /** How many token requests it has had, by grant type and status. */
  tokenRequests(): Promise<Readonly<Record<string, number>>>;
  /** How many requests of other kinds that change something, by method, path and status. */
  changes(): Promise<Readonly<Record<string, number>>>;
}

/** @param settings  `scenario`: its users; the documents' own unless told otherwise */
export async function startPlatform(settings: { readonly scenario?: unknown; readonly profile?: Profile } = {}): Promise<CountingPlatform> {
  const child: ChildProcess = fork(PLATFORM, [JSON.stringify(settings)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [{ origin }] = (await once(child, 'message')) as [{ origin: string }];
  const counts = async () => {
    child.send({ id: 0 });
    const [said] = (await once(child, 'message')) as [Readonly<Record<'tokenRequests' | 'changes', Readonly<Record<string, number>>>>];
    return said;
  };
  return {
    origin,
    tokenRequests: async () => (await counts()).tokenRequests,
    changes: async () => (await counts()).changes,
  };
}
