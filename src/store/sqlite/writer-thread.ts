import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { QueryResult } from 'kysely';
import { StoreUnavailable } from '../../domain/errors.ts';
import type { Writer } from './driver.ts';

/** A statement for the thread that writes. */
export interface WriterOrder {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** What became of it. */
export type WriterAnswer = { readonly id: number; readonly inTransaction: boolean } & (
  | { readonly result: QueryResult<unknown> }
  | { readonly error: { readonly name: string; readonly message: string; readonly code: string | undefined } }
);

// A thread cannot be started from a TypeScript source on Node 20: tests start the one that was built.
const WRITER = new URL(import.meta.url.endsWith('.ts') ? '../../../dist/store/sqlite/writer.js' : './writer.js', import.meta.url);

interface Waiting {
  resolve(result: QueryResult<unknown>): void;
  reject(error: Error): void;
}

/** The writing thread of this process, seen from the thread that serves. */
export class WriterThread implements Writer {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #inTransaction = false;
  #ended: Error | undefined;

  /** @throws StoreUnavailable  the database cannot be opened for writing */
  static async open(file: string): Promise<WriterThread> {
    const worker = new Worker(WRITER, { workerData: { file } });
    try {
      // Its first message says that it has the database open; an error instead is thrown here.
      await once(worker, 'message');
    } catch (error) {
      throw new StoreUnavailable(`${file} cannot be opened for writing`, error);
    }
    return new WriterThread(worker);
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: WriterAnswer) => this.#settle(answer));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new StoreUnavailable('the thread that writes has ended')));
    // It keeps the process alive only while a statement is under way.
    worker.unref();
  }

  /** Whether the last statement left a transaction open. */
  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  /** @throws Error  with the `code` that SQLite gave */
  run(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>> {
    if (this.#ended) return Promise.reject(this.#ended);
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, sql, parameters } satisfies WriterOrder);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(answer: WriterAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    this.#inTransaction = answer.inTransaction;
    if ('result' in answer) waiting?.resolve(answer.result);
    else waiting?.reject(Object.assign(new Error(answer.error.message), { name: answer.error.name, code: answer.error.code }));
  }

  #fail(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
