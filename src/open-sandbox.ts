import type { RunningSandbox } from './cli/ports.ts';
import { CommandFailed } from './cli/say.ts';
import type { Config } from './config/check.ts';
import { createLog } from './runtime/pino-log.ts';
import { ScenarioWrong } from './sandbox/scenario/wrong.ts';
import { startSandbox } from './sandbox/start.ts';

/** Starts the sandbox that the configuration describes. @throws CommandFailed  its scenario cannot be used */
export async function openSandbox(config: Config): Promise<RunningSandbox> {
  const { sandboxListen, sandboxFile: file, sandboxProfile: profile, sandboxScenario: scenario, sandboxTls: tls, sandboxOpenapi: openapi } = config;
  const options = { ...sandboxListen, file, profile, log: createLog(config.logLevel), allowNonLoopback: config.sandboxAllowNonLoopback };
  try {
    const sandbox = await startSandbox({
      ...options,
      ...(scenario !== undefined && { scenario }),
      ...(tls && { tls }),
      ...(openapi !== undefined && { openapi }),
    });
    const [app] = sandbox.state().apps;
    return { ...sandbox, ...(app && { app }) };
  } catch (error) {
    throw error instanceof ScenarioWrong ? new CommandFailed(error.message) : error;
  }
}
