import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Clock } from '../runtime/clock.ts';
import { connectDemo, makeDemo, removeDemo } from './demo.ts';
import type { CliParts, DemoData } from './ports.ts';
import { BESIDE_GATEWAY } from './sandbox.ts';
import { CommandFailed } from './say.ts';
import { hasRealApp, nextStepLines, placeLines, putConfiguredApp } from './serve.ts';
import { endSoon, untilStopped } from './until-stopped.ts';

// The sandbox is asked to end; one that has not ended by then is killed.
const SANDBOX_END_MS = 5_000;

/**
 * `trunkline start`: the newcomer's start. The gateway, and, where no App of a real platform is configured, the
 * sandbox as a second process with the demo data connected to it.
 *
 * @param environment  for the sandbox's process: what it is to be told besides the present environment
 * @throws CommandFailed  `--remove-demo` without an App of yours, or the sandbox could not start or has ended
 */
export async function startCommand<Config>(
  parts: CliParts<Config>,
  config: Config,
  choices: { readonly removeDemo: boolean },
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  if (choices.removeDemo && !parts.appOf(config)) {
    throw new CommandFailed('--remove-demo makes room for an App of yours; name it with RC_APP_CLIENT_ID and RC_APP_CLIENT_SECRET in the same start.');
  }
  const stopped = untilStopped();
  const contents = await parts.whereabouts(config).databaseContents();
  await parts.checkAddresses(config, !parts.appOf(config) && (contents === 'absent' || contents === 'nothing'));
  const gateway = await parts.openGateway(config);
  let sandbox: SandboxProcess | undefined;
  try {
    if (!parts.appOf(config) && !(await hasRealApp(gateway))) sandbox = await SandboxProcess.start(environment);
    if (choices.removeDemo) await removeDemo(gateway, parts.demo);
    await putConfiguredApp(gateway, parts, config);
    if (sandbox) await makeDemo(gateway, parts.demo, sandbox.origin);
    if (sandbox) await connectDemo(gateway, parts.demo);
    // Last: whoever waits for an answer may then use everything that is promised.
    const { origin, adminOrigin } = await gateway.listen();
    const places = ['', 'Trunkline is ready.', '', ...placeLines(gateway, origin, adminOrigin)];
    const rest = sandbox ? demoLines(origin, sandbox, parts.demo) : [...nextStepLines(parts, config), '', 'Ctrl-C stops it.', ''];
    process.stdout.write(`${[...places, ...rest].join('\n')}\n`);
    await (sandbox ? Promise.race([stopped, sandbox.ended]) : stopped);
  } finally {
    await gateway.close();
    await sandbox?.stop(parts.clock);
    endSoon();
  }
}

function demoLines(origin: string, sandbox: Pick<SandboxProcess, 'origin' | 'consoleUrl'>, { connections: [first] }: DemoData): string[] {
  return [
    `  sandbox         ${sandbox.origin}  (RingCentral's platform, on this machine)`,
    `  its console     ${sandbox.consoleUrl}`,
    '',
    'An old program asks for its numbers:',
    '',
    `  curl '${origin}/ringout.asp?cmd=list&username=${first?.username ?? ''}&ext=${first?.extension ?? ''}&password=${first?.password ?? ''}'`,
    '',
    'Ctrl-C stops both.',
    '',
  ];
}

/** What the sandbox's process says when it answers. */
interface SandboxReady {
  readonly origin: string;
  readonly consoleUrl: string;
}

/** The sandbox as a second process. */
class SandboxProcess {
  readonly origin: string;
  /** Its web page. */
  readonly consoleUrl: string;
  /** Rejects when the sandbox ends unasked. */
  readonly ended: Promise<never>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, { origin, consoleUrl }: SandboxReady) {
    this.origin = origin;
    this.consoleUrl = consoleUrl;
    this.#child = child;
    this.ended = once(child, 'exit').then(() => {
      throw new CommandFailed('The sandbox has ended; the gateway stops with it.');
    });
    this.ended.catch(() => undefined);
  }

  /** @throws CommandFailed  the sandbox could not start; it has said why */
  static async start(environment: Readonly<Record<string, string>>): Promise<SandboxProcess> {
    const child = fork(process.argv[1] ?? '', ['sandbox'], {
      env: { ...withoutSecrets(process.env), ...environment, [BESIDE_GATEWAY]: '1' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ready = await Promise.race([once(child, 'message').then(([message]) => message as SandboxReady), once(child, 'exit').then(() => undefined)]);
    if (ready === undefined) throw new CommandFailed('');
    return new SandboxProcess(child, ready);
  }

  /** Ends the sandbox, if it has not ended, and resolves when it has. */
  async stop(clock: Pick<Clock, 'sleep'>): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    const inTime = new AbortController();
    this.#child.kill('SIGTERM');
    const late = clock.sleep(SANDBOX_END_MS, inTime.signal).then(
      () => this.#child.kill('SIGKILL'),
      () => undefined,
    );
    await exited;
    inTime.abort();
    await late;
  }
}

// The sandbox has no use for the gateway's secrets; and the gateway beside which it runs wants its demo data, over plain HTTP.
function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(TRUNKLINE_(VAULT_KEY|ADMIN_TOKEN|KEY|SECRET|SANDBOX_(SCENARIO|TLS|ALLOW_NON_LOOPBACK)$)|RC_)/.test(name),
    ),
  );
}
