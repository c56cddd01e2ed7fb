import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connectDemo, makeDemo, removeDemo } from './demo.ts';
import type { CliParts, DemoData, OpenGateway } from './ports.ts';
import { BESIDE_GATEWAY } from './sandbox.ts';
import { CommandFailed } from './say.ts';
import { hasRealApp, placeLines, putConfiguredApp } from './serve.ts';
import { untilStopped } from './until-stopped.ts';

// A sandbox that ends is told to first; one that does not listen is not waited for.
const SANDBOX_END_MS = 5_000;

/**
 * `trunkline start`: the newcomer's start. The gateway, and, where no App of a real platform is configured, the
 * sandbox as a second process with the demo data connected to it.
 *
 * @param environment  for the sandbox's process: what it is to be told besides the present environment
 */
export async function startCommand<Config>(
  parts: CliParts<Config>,
  config: Config,
  choices: { readonly removeDemo: boolean },
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const stopped = untilStopped();
  const gateway = await parts.openGateway(config);
  let sandbox: SandboxProcess | undefined;
  try {
    if (choices.removeDemo && !parts.appOf(config)) {
      throw new CommandFailed('--remove-demo makes room for an App of yours; name it with RC_APP_CLIENT_ID and RC_APP_CLIENT_SECRET in the same start.');
    }
    // The ports come first: a start that cannot have them has changed nothing.
    const { origin, adminOrigin } = await gateway.listen();
    if (!parts.appOf(config) && !(await hasRealApp(gateway))) sandbox = await SandboxProcess.start(environment);
    if (choices.removeDemo) await removeDemo(gateway, parts.demo);
    await putConfiguredApp(gateway, parts, config);
    if (sandbox) await makeDemo(gateway, parts.demo, sandbox.origin);
    if (sandbox) await connectDemo(gateway, parts.demo);
    process.stdout.write(`${banner(gateway, origin, adminOrigin, sandbox && { origin: sandbox.origin, demo: parts.demo }).join('\n')}\n`);
    await (sandbox ? Promise.race([stopped, sandbox.ended]) : stopped);
  } finally {
    await gateway.close();
    await sandbox?.stop();
  }
}

function banner(gateway: OpenGateway, origin: string, adminOrigin: string, sandbox: { origin: string; demo: DemoData } | undefined): string[] {
  const [first] = sandbox?.demo.connections ?? [];
  const places = ['', 'Trunkline is ready.', '', ...placeLines(gateway, origin, adminOrigin)];
  if (!sandbox || !first) return [...places, '', 'Ctrl-C stops it.', ''];
  return [
    ...places,
    `  sandbox         ${sandbox.origin}  (RingCentral's platform, on this machine)`,
    '',
    'An old program asks for its numbers:',
    '',
    `  curl '${origin}/ringout.asp?cmd=list&username=${first.username}&ext=${first.extension ?? ''}&password=${first.password}'`,
    '',
    'Ctrl-C stops both.',
    '',
  ];
}

// The sandbox has no use for the gateway's secrets; and the gateway beside which it runs wants its demo data, over plain HTTP.
function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(TRUNKLINE_(VAULT_KEY|ADMIN_TOKEN|SANDBOX_(SCENARIO|TLS|ALLOW_NON_LOOPBACK)$)|RC_)/.test(name)),
  );
}

class SandboxProcess {
  readonly origin: string;
  /** Rejects when the sandbox ends unasked. */
  readonly ended: Promise<never>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, origin: string) {
    this.origin = origin;
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
    const origin = await Promise.race([
      once(child, 'message').then(([message]) => (message as { origin: string }).origin),
      once(child, 'exit').then(() => undefined),
    ]);
    if (origin === undefined) throw new CommandFailed('');
    return new SandboxProcess(child, origin);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), SANDBOX_END_MS);
    await exited;
    clearTimeout(late);
  }
}
