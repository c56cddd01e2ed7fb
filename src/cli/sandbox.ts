import type { CliParts } from './ports.ts';
import { untilStopped } from './until-stopped.ts';

/** `trunkline sandbox`: the platform on this machine, until it is stopped. */
export async function sandboxCommand<Config>(parts: CliParts<Config>, config: Config): Promise<void> {
  const stopped = untilStopped();
  const sandbox = await parts.startSandbox(config);
  if (process.send) process.send({ origin: sandbox.origin });
  else
    process.stdout.write(
      `The sandbox answers at ${sandbox.origin}. It stands in for RingCentral's platform on this machine; it is not for production.\nCtrl-C stops it.\n`,
    );
  await stopped;
  await sandbox.close();
}
