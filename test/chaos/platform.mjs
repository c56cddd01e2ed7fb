// The sandbox as a process of its own, in memory, which also counts every token request: its log forgets after 10,000.
// Runs what was built, because a process of its own cannot be a TypeScript source on Node 20.
import { startSandbox } from '../../dist/sandbox/index.js';
import { RequestLog } from '../../dist/sandbox/request-log.js';

const TOKEN_PATH = '/restapi/oauth/token';
const { scenario, profile } = JSON.parse(process.argv[2]);

/** The log's own entries: status and grant type are set when they are known. */
const tokenRequests = [];
const { add } = RequestLog.prototype;
RequestLog.prototype.add = function (...given) {
  const entry = add.apply(this, given);
  if (entry.path === TOKEN_PATH) tokenRequests.push(entry);
  return entry;
};

const sandbox = await startSandbox({ scenario, profile });
await sandbox.setLimits({ scale: 0 });

process.on('message', ({ id }) => {
  const counts = {};
  for (const { grantType, status } of tokenRequests) counts[`${grantType} ${status}`] = (counts[`${grantType} ${status}`] ?? 0) + 1;
  process.send({ id, counts });
});
process.once('disconnect', () => process.exit(0));
process.send({ origin: sandbox.origin });
