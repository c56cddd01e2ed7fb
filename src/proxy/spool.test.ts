import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Spool, SpoolRoom } from './spool.ts';
import { SpoolFile } from './spool-file.ts';

describe('Spool', () => {
  test('G6: a body comes a second time whole, wherever the first reader stopped, out of memory and file', async () => {
    const folder = newFolder();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })),
        fc.nat({ max: 20 }),
        fc.nat({ max: 100 }),
        async (pieces, stop, memoryBytes) => {
          const spool = new Spool(
            iteratorOf(pieces.map((piece) => Buffer.from(piece))),
            new SpoolRoom({ bodyBytes: 10_000, memoryBytes, allMemoryBytes: 60 }, folder),
          );
          let seen = 0;
          for await (const _piece of spool.read()) {
            seen += 1;
            if (seen > stop) break;
          }

          const again: Buffer[] = [];
          for await (const piece of spool.read()) again.push(piece);

          expect(Buffer.concat(again)).toEqual(Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
          await spool.drop();
        },
      ),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('G6: a piece that the first reader still waits for is the second reader’s too, once', async () => {
    const given: ((piece: Buffer | undefined) => void)[] = [];
    const source = {
      next: () =>
        new Promise<IteratorResult<Buffer>>((resolve) => {
          given.push((value) => resolve(value ? { done: false, value } : { done: true, value }));
        }),
    };
    const spool = new Spool(source, new SpoolRoom({ bodyBytes: 100, memoryBytes: 100, allMemoryBytes: 100 }, newFolder()));
    const left = spool.read();
    const one = left.next();
    given.shift()?.(Buffer.from('one '));
    await one;
    const never = left.next();

    const again: string[] = [];
    const reading = (async () => {
      for await (const piece of spool.read()) again.push(String(piece));
    })();
    for (const piece of ['two ', 'three', undefined]) {
      while (given.length === 0) await new Promise((resolve) => setImmediate(resolve));
      given.shift()?.(piece === undefined ? undefined : Buffer.from(piece));
    }
    await Promise.all([reading, never]);

    expect(again).toEqual(['one ', 'two ', 'three']);
  });

  test('a body that is let go under its reader breaks off, and does not pass for whole', async () => {
    const room = new SpoolRoom({ bodyBytes: 100, memoryBytes: 100, allMemoryBytes: 100 }, newFolder());
    const spool = new Spool(iteratorOf([Buffer.from('a'), Buffer.from('b')]), room);
    for await (const _piece of spool.read());
    const again = spool.read();
    await again.next();

    await spool.drop();

    await expect(again.next()).rejects.toThrow('no longer kept');
  });

  test('a body that is longer than is kept streams through, and cannot be had again', async () => {
    const room = new SpoolRoom({ bodyBytes: 100, memoryBytes: 100, allMemoryBytes: 100 }, newFolder());
    const spool = new Spool(iteratorOf(Array.from({ length: 11 }, () => Buffer.alloc(10, 1))), room);

    let bytes = 0;
    for await (const piece of spool.read()) bytes += piece.length;

    expect([bytes, spool.repeatable, room.take(100)]).toEqual([110, false, true]);
    await expect(spool.read().next()).rejects.toThrow('not kept');
  });

  test('what is let go gives its room back', async () => {
    const room = new SpoolRoom({ bodyBytes: 100, memoryBytes: 100, allMemoryBytes: 100 }, newFolder());
    const spool = new Spool(iteratorOf([Buffer.alloc(60)]), room);
    for await (const _piece of spool.read());

    const before = room.take(50);
    await spool.drop();

    expect([before, room.take(100)]).toEqual([false, true]);
  });
});

describe('SpoolFile', () => {
  test('pieces come back by their numbers, and there are no others', async () => {
    const file = await SpoolFile.open(newFolder());
    await file.append(Buffer.from('one'));
    await file.append(Buffer.from('two'));

    expect(String(await file.read(1))).toBe('two');
    await expect(file.read(2)).rejects.toThrow(RangeError);
    await file.close();
  });
});

function iteratorOf(pieces: readonly Buffer[]): AsyncIterator<Buffer> {
  return Readable.from(pieces)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-spool-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
