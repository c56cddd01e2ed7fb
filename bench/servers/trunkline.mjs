// Trunkline's sandbox as it is built, in memory, without the platform's rate limits.
// Arguments: port; how the form is asked for is the caller's business.
import { startSandbox } from '../../dist/sandbox/start.js';

const sandbox = await startSandbox({ port: Number(process.argv[2]), ...(process.argv[3] && { file: process.argv[3] }) });
await sandbox.setLimits({ scale: 0 });
process.send('ready');
