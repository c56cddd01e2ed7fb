import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// A minor collection takes about a millisecond, and a byte that comes in is copied some five times on its way.
const STEP_BYTES = 1024 * 1024;

type Collect = (options: { readonly type: 'minor' }) => void;

let collect: Collect | undefined;
let passed = 0;

/**
 * Notes that so many bytes of a large content went through buffers which nobody needs any more; from time to time such buffers
 * are collected.
 *
 * V8 lets 32 MiB of them gather in each thread before it looks after them (`Heap::AllocateExternalBackingStore`), since they
 * weigh nothing on its own heap: by so much a process would grow, however little it holds.
 */
export function passedThrough(bytes: number): void {
  passed += bytes;
  if (passed < STEP_BYTES) return;
  passed = 0;
  collect ??= openCollector();
  collect({ type: 'minor' });
}

// Only contexts that are made after the flag have the function.
function openCollector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
