// The thread that writes: it holds the one connection of this process that changes the database, so that a sync of the
// disk, which takes up to some milliseconds, never holds up the event loop. Started by `writer-thread.ts`.
import { parentPort, workerData } from 'node:worker_threads';
import { connect } from './connect.ts';
import { withPatience } from './patience.ts';
import { Statements } from './statements.ts';
import type { WriterAnswer, WriterOrder } from './writer-thread.ts';

const { file } = workerData as { file: string };
const database = await withPatience(file, async () => connect(file));
const statements = new Statements(database);

parentPort?.on('message', ({ id, sql, parameters }: WriterOrder) => {
  parentPort?.postMessage(carryOut(id, sql, parameters));
});

parentPort?.postMessage('ready');

function carryOut(id: number, sql: string, parameters: readonly unknown[]): WriterAnswer {
  try {
    return { id, result: statements.run(sql, parameters), inTransaction: database.inTransaction };
  } catch (error) {
    // The class of an error does not survive the way between threads; its code has to.
    const { name, message, code } = error as Error & { code?: string };
    return { id, error: { name, message, code }, inTransaction: database.inTransaction };
  }
}
