import { CommandFailed } from './cli/say.ts';
import type { Config } from './config/check.ts';
import { describeScenario } from './sandbox/scenario/describe.ts';
import { ScenarioWrong } from './sandbox/scenario/wrong.ts';

/** @throws CommandFailed  there is no scenario, or it cannot be used */
export function checkScenario({ sandboxScenario }: Config): string {
  if (sandboxScenario === undefined) throw new CommandFailed('there is no scenario to check; name it with --scenario FILE.');
  try {
    return `${sandboxScenario} is good: ${describeScenario(sandboxScenario)}.`;
  } catch (error) {
    throw error instanceof ScenarioWrong ? new CommandFailed(error.message) : error;
  }
}
