import { sandboxDataOf } from './data.ts';
import { readScenario } from './read.ts';

/** What is in a scenario's file, in a few words. @throws ScenarioWrong */
export function describeScenario(path: string): string {
  const scenario = readScenario(path);
  const { apps, accounts } = sandboxDataOf(scenario);
  const users = accounts.reduce((sum, { extensions }) => sum + extensions.length, 0);
  const { jwtCredentials = [], faults = [], latencies = [] } = scenario;
  const counted: readonly (readonly [number, string])[] = [
    [apps.length, 'app'],
    [accounts.length, 'account'],
    [users, 'user'],
    [jwtCredentials.length, 'JWT credential'],
    [faults.length, 'fault'],
  ];
  const latency = `${latencies.length} ${latencies.length === 1 ? 'latency' : 'latencies'}`;
  return [...counted.map(([count, noun]) => `${count} ${noun}${count === 1 ? '' : 's'}`), latency].join(', ');
}
