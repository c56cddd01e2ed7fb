// The sandbox as a process of its own, in memory, which also counts what changes something: its log forgets after 10,000.
// Runs what was built, because a process of its own cannot be a TypeScript source on Node 20.
import { startSandbox } from '../../dist/sandbox/index.js';
import { RequestLog } from '../../dist/sandbox/request-log.js';

const TOKEN_PATH = '/restapi/oauth/token';
const { scenario, profile } = JSON.parse(process.argv[2]);

/** The log's own entries: status and grant type are set when they are known. */
const tokenRequests = [];
const changes = [];
const { add } = RequestLog.prototype;
RequestLog.prototype.add = function (...given) {
  const entry = add.apply(this, given);
  if (entry.path === TOKEN_PATH) tokenRequests.push(entry);
  else if (entry.method !== 'GET') changes.push(entry);
  return entry;
};

const sandbox = await startSandbox({ scenario, profile });
await sandbox.setLimits({ scale: 0 });

process.on('message', ({ id }) => {
  process.send({
    id,
    tokenRequests: counted(tokenRequests, ({ grantType, status }) => `${grantType} ${status}`),
    changes: counted(changes, ({ method, path, status }) => `${method} ${path} ${status}`),
  });
});
process.once('disconnect', () => process.exit(0));
process.send({ origin: sandbox.origin });

function counted(entries, kindOf) {
  const counts = {};
  for (const entry of entries) counts[kindOf(entry)] = (counts[kindOf(entry)] ?? 0) + 1;
  return counts;
}
