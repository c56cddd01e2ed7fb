import { isIP } from 'node:net';
import { createChallenge, type GatewayProof, isProven } from '../access/gateway-proof.ts';
import type { Management } from '../domain/management.ts';
import type { Secret } from '../domain/secret.ts';
import { parseObject } from '../runtime/parse-object.ts';
import { readText } from '../runtime/read-text.ts';
import type { CliParts, OpenGateway, Whereabouts } from './ports.ts';
import { CommandFailed } from './say.ts';

// A gateway on this machine answers at once; one that does not is not there.
const PROBE_MS = 2_000;
// The first proof of a gateway's life takes the slow hash, on a machine that may be busy.
const PROOF_MS = 10_000;
// Some two hundred bytes; whatever answers there may send more.
const PROBE_LIMIT_BYTES = 4_096;

/**
 * Lets `work` manage the gateway that answers, else the database itself.
 *
 * @throws CommandFailed  where neither is there, the gateway that was named does not answer, or what answers proves nothing
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
  return work(await connectProven(parts, where, where.adminToken));
}

/**
 * Lets `work` use a gateway of this process, which does not listen, on the database; others may use it at the same time.
 *
 * @param instead  what to do where there is no database and a gateway answers
 * @throws CommandFailed  there is no database; only `start` and `serve` make one
 */
export async function withDatabase<Config, Result>(
  parts: CliParts<Config>,
  config: Config,
  work: (gateway: OpenGateway) => Promise<Result>,
  instead = '',
): Promise<Result> {
  const where = parts.whereabouts(config);
  // An empty file would be made into a gateway that knows nothing.
  const contents = await where.databaseContents();
  if (contents === 'absent' || contents === 'nothing') throw new CommandFailed(await noDatabase(parts, where, instead));
  const gateway = await parts.openGateway(config);
  try {
    return await work(gateway);
  } finally {
    await gateway.close();
  }
}

/** Whether something answers there as a gateway does. What it is, only `connectProven` knows. */
export async function answers<Config>(parts: CliParts<Config>, origin: string): Promise<boolean> {
  return (await probe(parts, new URL('/healthz', origin), PROBE_MS))?.status === 'ok';
}

/**
 * The management of the gateway that answers, once it has proved that it knows the admin token.
 *
 * While no gateway runs, any user of the machine may listen in its place, and would be sent the token by whoever looks
 * for the gateway. A proof is good for one challenge, and for the address where the gateway itself was asked: so it
 * cannot be had from a gateway that listens elsewhere. A URL that a person gave may lead through a tunnel or a proxy, so
 * there the address does not count.
 *
 * @throws CommandFailed  it has not; the token was not sent
 */
export async function connectProven<Config>(parts: CliParts<Config>, where: Whereabouts, adminToken: Secret): Promise<Management> {
  const { adminOrigin, named } = where;
  const challenge = createChallenge(parts.random);
  const answer = await probe(parts, new URL(`/trunkline/api/proof?challenge=${challenge}`, adminOrigin), PROOF_MS);
  if (!isProof(answer) || !(await isProven(adminToken, challenge, answer))) throw new CommandFailed(notProven(where));
  if (!named && !isAt(adminOrigin, answer.address)) {
    throw new CommandFailed(
      `What answers at ${adminOrigin} passes on to the gateway at ${answer.address}, so the admin token was not sent; end what listens there, or name the gateway itself with TRUNKLINE_URL=http://${answer.address}.`,
    );
  }
  return parts.connectManagement(adminOrigin, adminToken);
}

function notProven({ adminOrigin, adminTokenFrom, named }: Whereabouts): string {
  const next = named
    ? 'correct TRUNKLINE_URL'
    : 'end what listens there, or correct TRUNKLINE_ADMIN_LISTEN; with --database the database is used without a gateway';
  return `What answers at ${adminOrigin} does not prove that it knows the admin token of ${adminTokenFrom}, so the token was not sent. If that is your gateway, give this command its token with TRUNKLINE_ADMIN_TOKEN; else ${next}.`;
}

async function probe<Config>({ fetch, clock }: CliParts<Config>, url: URL, patienceMs: number): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: clock.deadline(patienceMs) });
    return parseObject((await readText(response, PROBE_LIMIT_BYTES)) ?? '');
  } catch {
    return undefined;
  }
}

function isProof(answer: object | undefined): answer is GatewayProof {
  const { address, salt, proof } = (answer ?? {}) as Partial<Record<keyof GatewayProof, unknown>>;
  return [address, salt, proof].every((part) => typeof part === 'string');
}

// A name may mean several addresses, of which the gateway has one; the port is the same for all of them.
function isAt(origin: string, address: string): boolean {
  const { protocol, hostname, port } = new URL(origin);
  const at = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
  if (isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0) return at === address;
  return at.slice(at.lastIndexOf(':')) === address.slice(address.lastIndexOf(':'));
}

async function noDatabase<Config>(parts: CliParts<Config>, { origin, adminOrigin, database, databaseNamed }: Whereabouts, instead: string): Promise<string> {
  if (databaseNamed) return `There is no database ${database}; correct --database, or make it with \`trunkline serve --database …\`.`;
  if (instead && (await answers(parts, origin)))
    return `A gateway answers at ${origin}, but its database is not ${database} here: ${instead}; run this in the folder of that gateway, or name its database with --database.`;
  return `No gateway answers at ${adminOrigin}, and there is no database ${database}; run \`npm start\` or \`trunkline serve\` first, or name the gateway with TRUNKLINE_URL.`;
}
