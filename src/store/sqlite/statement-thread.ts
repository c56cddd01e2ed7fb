import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { QueryResult } from 'kysely';
import { StoreUnavailable } from '../../domain/errors.ts';
import type { Writer } from './driver.ts';
import type { Statement } from './statements.ts';

/** What the thread is to do: one statement, or several as one transaction. */
export type Order = { readonly id: number } & (
  | { readonly run: Statement; readonly transact?: undefined }
  | { readonly run?: undefined; readonly transact: readonly Statement[] }
);

/** What became of it; one result for each statement. */
export type Answer = { readonly id: number; readonly inTransaction: boolean } & (
  | { readonly results: readonly QueryResult<unknown>[] }
  | { readonly error: { readonly name: string; readonly message: string; readonly code: string | undefined } }
);

// A thread cannot be started from a TypeScript source on Node 20: tests start the one that was built.
const WORKER = new URL(import.meta.url.endsWith('.ts') ? '../../../dist/store/sqlite/statement-worker.js' : './statement-worker.js', import.meta.url);

interface Waiting {
  resolve(results: readonly QueryResult<unknown>[]): void;
  reject(error: Error): void;
}

/** A thread of this process with a connection of its own, seen from the thread that serves. */
export class StatementThread implements Writer {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #inTransaction = false;
  #ended: Error | undefined;

  /** @throws StoreUnavailable  the database cannot be opened for writing */
  static async open(file: string): Promise<StatementThread> {
    const worker = new Worker(WORKER, { workerData: { file } });
    try {
      // Its first message says that it has the database open; an error instead is thrown here.
      await once(worker, 'message');
    } catch (error) {
      throw new StoreUnavailable(`${file} cannot be opened for writing`, error);
    }
    return new StatementThread(worker);
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: Answer) => this.#settle(answer));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new StoreUnavailable('the thread of the database has ended')));
    // It keeps the process alive only while a statement is under way.
    worker.unref();
  }

  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  async run(statement: Statement): Promise<QueryResult<unknown>> {
    const [result = { rows: [] }] = await this.#order((id) => ({ id, run: statement }));
    return result;
  }

  transact(statements: readonly Statement[]): Promise<readonly QueryResult<unknown>[]> {
    return this.#order((id) => ({ id, transact: statements }));
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #order(order: (id: number) => Order): Promise<readonly QueryResult<unknown>[]> {
    if (this.#ended) return Promise.reject(this.#ended);
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(order(id));
    });
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    this.#inTransaction = answer.inTransaction;
    if ('results' in answer) waiting?.resolve(answer.results);
    else waiting?.reject(Object.assign(new Error(answer.error.message), { name: answer.error.name, code: answer.error.code }));
  }

  #fail(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
