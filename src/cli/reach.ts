import { existsSync } from 'node:fs';
import type { Management } from '../domain/management.ts';
import type { CliParts, OpenGateway, Whereabouts } from './ports.ts';
import { CommandFailed } from './say.ts';

// A gateway on this machine answers at once; one that does not is not there.
const PROBE_MS = 2_000;

/**
 * Lets `work` manage the gateway that answers, else the database itself.
 *
 * @throws CommandFailed  where neither is there, or the gateway that was named does not answer
 */
export async function withManagement<Config, Result>(
  parts: CliParts<Config>,
  config: Config,
  work: (management: Management) => Promise<Result>,
): Promise<Result> {
  const where = parts.whereabouts(config);
  // A database that was named is the one that is meant, whatever answers on this machine.
  if (where.databaseNamed && !where.named) return withDatabase(parts, config, (gateway) => work(gateway.management));
  if (!(await answers(parts, where.adminOrigin))) {
    if (where.named) throw new CommandFailed(`No gateway answers at ${where.adminOrigin}; start it, or correct TRUNKLINE_URL.`);
    return withDatabase(parts, config, (gateway) => work(gateway.management));
  }
  if (!where.adminToken) {
    throw new CommandFailed(
      `A gateway answers at ${where.adminOrigin}, but there is no admin token; set TRUNKLINE_ADMIN_TOKEN, or run this where data/admin.token is.`,
    );
  }
  return work(parts.connectManagement(where.adminOrigin, where.adminToken));
}

/**
 * Lets `work` use a gateway of this process, which does not listen, on the database; others may use it at the same time.
 *
 * @throws CommandFailed  there is no database; only `start` and `serve` make one
 */
export async function withDatabase<Config, Result>(parts: CliParts<Config>, config: Config, work: (gateway: OpenGateway) => Promise<Result>): Promise<Result> {
  const where = parts.whereabouts(config);
  if (!existsSync(where.databaseFile)) throw new CommandFailed(noDatabase(where));
  const gateway = await parts.openGateway(config);
  try {
    return await work(gateway);
  } finally {
    await gateway.close();
  }
}

/** Whether a Trunkline gateway answers there. */
export async function answers<Config>({ fetch, clock }: CliParts<Config>, origin: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/healthz', origin), { redirect: 'manual', signal: clock.deadline(PROBE_MS) });
    return ((await response.json()) as { status?: unknown }).status === 'ok';
  } catch {
    return false;
  }
}

function noDatabase({ adminOrigin, databaseFile }: Whereabouts): string {
  return `No gateway answers at ${adminOrigin}, and there is no database ${databaseFile}; run \`npm start\` or \`trunkline serve\` first, or name the gateway with TRUNKLINE_URL.`;
}
