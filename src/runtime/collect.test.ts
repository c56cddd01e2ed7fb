import { expect, test } from 'vitest';
import { passedThrough } from './collect.ts';

const MIB = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;

test('buffers that a large content went through are collected long before V8 would look after them', async () => {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;

  for (let piece = 0; piece < (64 * MIB) / PIECE_BYTES; piece += 1) {
    Buffer.alloc(PIECE_BYTES, piece);
    passedThrough(PIECE_BYTES);
    // What was collected is given back by another thread.
    if (piece % 16 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }

  expect(most).toBeLessThan(8 * MIB);
});
