import type { CliParts } from './ports.ts';
import { untilStopped } from './until-stopped.ts';

/** Set in the environment of the sandbox that `trunkline start` starts: that one ends with the gateway. */
export const BESIDE_GATEWAY = 'TRUNKLINE_BESIDE_GATEWAY';

/** `trunkline sandbox`: the platform on this machine, until it is stopped. */
export async function sandboxCommand<Config>(parts: CliParts<Config>, config: Config): Promise<void> {
  const besideGateway = process.env[BESIDE_GATEWAY] !== undefined;
  const stopped = untilStopped(besideGateway);
  const sandbox = await parts.startSandbox(config);
  if (besideGateway) process.send?.({ origin: sandbox.origin });
  else
    process.stdout.write(
      `The sandbox answers at ${sandbox.origin}. It stands in for RingCentral's platform on this machine; it is not for production.\nCtrl-C stops it.\n`,
    );
  await stopped;
  await sandbox.close();
}
