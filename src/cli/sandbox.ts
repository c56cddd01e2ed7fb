import type { CliParts, RunningSandbox } from './ports.ts';
import { untilStopped } from './until-stopped.ts';

/** Set in the environment of the sandbox that `trunkline start` starts: that one ends with the gateway. */
export const BESIDE_GATEWAY = 'TRUNKLINE_BESIDE_GATEWAY';

/** `trunkline sandbox`: the platform on this machine, until it is stopped. */
export async function sandboxCommand<Config>(parts: CliParts<Config>, config: Config): Promise<void> {
  const besideGateway = process.env[BESIDE_GATEWAY] !== undefined;
  const stopped = untilStopped(besideGateway);
  const sandbox = await parts.startSandbox(config);
  if (besideGateway) process.send?.({ origin: sandbox.origin, consoleUrl: sandbox.consoleUrl });
  else process.stdout.write(`${banner(sandbox).join('\n')}\n`);
  await stopped;
  await sandbox.close();
}

/** `trunkline sandbox --check`: only looks at the scenario. */
export async function checkScenarioCommand<Config>(parts: CliParts<Config>, config: Config): Promise<void> {
  process.stdout.write(`${await parts.checkScenario(config)}\n`);
}

/** `trunkline sandbox scenario-schema`: what an editor needs to help with a scenario. */
export async function scenarioSchemaCommand<Config>(parts: CliParts<Config>): Promise<void> {
  process.stdout.write(`${JSON.stringify(await parts.scenarioSchema(), null, 2)}\n`);
}

function banner({ origin, consoleUrl, caFile, app }: RunningSandbox): string[] {
  return [
    `The sandbox answers at ${origin}. It stands in for RingCentral's platform on this machine; it is not for production.`,
    '',
    `  console   ${consoleUrl}`,
    ...(app ? [`  App       ${app.clientId}  (its secret is in the console)`] : []),
    ...(caFile === undefined ? [] : ['', ...trustLines(origin, caFile)]),
    '',
    'Ctrl-C stops it.',
  ];
}

function trustLines(origin: string, caFile: string): string[] {
  return [
    `Its certificate is vouched for by ${caFile}, which was made on this machine. To trust it:`,
    '',
    `  NODE_EXTRA_CA_CERTS=${caFile} node program.js`,
    `  curl --cacert ${caFile} ${origin}/restapi`,
  ];
}
