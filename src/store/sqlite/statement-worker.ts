// A thread with a connection of its own, so that neither a sync of the disk, which takes up to some milliseconds, nor a
// long read ever holds up the event loop. Started by `statement-thread.ts`.
import { parentPort, workerData } from 'node:worker_threads';
import { passedThrough } from '../../runtime/collect.ts';
import { connect } from './connect.ts';
import { withPatience } from './patience.ts';
import type { Answer, Order } from './statement-thread.ts';
import { Statements } from './statements.ts';

const { file } = workerData as { file: string };
const database = await withPatience(file, async () => connect(file));
const statements = new Statements(database);

parentPort?.on('message', (order: Order) => {
  parentPort?.postMessage(carryOut(order));
  // This thread has copies of its own of what it is told to write.
  for (const { parameters } of order.transact ?? [order.run]) {
    for (const value of parameters) if (value instanceof Uint8Array) passedThrough(value.length);
  }
});

parentPort?.postMessage('ready');

function carryOut({ id, run, transact }: Order): Answer {
  try {
    const results = transact ? statements.transact(transact) : [statements.run(run)];
    return { id, results, inTransaction: database.inTransaction };
  } catch (error) {
    // The class of an error does not survive the way between threads; its code has to.
    const { name, message, code } = error as Error & { code?: string };
    return { id, error: { name, message, code }, inTransaction: database.inTransaction };
  }
}
