import { everyItem } from '../domain/page.ts';
import { clockFinding } from './doctor-clock.ts';
import type { Finding } from './finding.ts';
import type { CliParts, OpenGateway } from './ports.ts';

// Harmless, and every extension has it. Whatever the platform answers but 401 it has taken the token.
const OWN_EXTENSION = '/restapi/v1.0/account/~/extension/~';
// A platform answers within a second; whoever runs this waits for it.
const PLATFORM_ANSWER_MS = 5_000;

/** Whether the platform of each App answers, and how far its clock is from this machine's. */
export async function lookAtPlatforms<Config>(parts: CliParts<Config>, gateway: OpenGateway): Promise<Finding[]> {
  const origins = new Set<string>();
  for await (const { platformOrigin } of everyItem((page) => gateway.apps.listApps(page))) origins.add(platformOrigin);
  if (origins.size === 0) return [{ name: 'platform', level: 'warn', message: 'there is no App yet; make one with `trunkline app add`' }];
  return (await Promise.all([...origins].map((origin) => lookAtPlatform(parts, origin)))).flat();
}

async function lookAtPlatform<Config>({ fetch, clock }: CliParts<Config>, origin: string): Promise<Finding[]> {
  try {
    const before = clock.now();
    const response = await fetch(new URL('/restapi', origin), { redirect: 'manual', signal: clock.deadline(PLATFORM_ANSWER_MS) });
    const after = clock.now();
    await response.body?.cancel();
    const reached: Finding = { name: 'platform', level: 'ok', message: `${origin} answers` };
    return [reached, clockFinding(origin, response.headers.get('date'), (before + after) / 2)];
  } catch {
    return [{ name: 'platform', level: 'fail', message: `no answer from ${origin}; check the network, a proxy, a firewall, and the App's platformOrigin` }];
  }
}

/**
 * Signs a Connection in, unless it has a Grant, and asks the platform with its token: a Grant that looks usable here may be
 * dead there.
 *
 * @throws what `Tokens.usableGrant` throws
 */
export async function trySignIn(gateway: OpenGateway, connection: string): Promise<Finding[]> {
  const name = 'sign-in';
  const { app } = await gateway.connections.verifyConnection(connection);
  const answer = await gateway.call(connection, { method: 'GET', path: OWN_EXTENSION, permission: 'ReadAccounts' });
  const asked = `GET ${OWN_EXTENSION} with the token of Connection "${connection}" of App "${app}"`;
  return [signInFinding(name, asked, answer.status)];
}

function signInFinding(name: string, asked: string, status: number): Finding {
  if (status < 300) return { name, level: 'ok', message: `the platform answered ${asked}` };
  if (status === 403 || status === 404) return { name, level: 'ok', message: `the platform took the token; it answered ${status} to ${asked}` };
  if (status === 401)
    return {
      name,
      level: 'fail',
      message: `the platform refused ${asked} (401); give the Connection new credentials with \`trunkline connection credentials\``,
    };
  return { name, level: 'warn', message: `the platform answered ${status} to ${asked}; try again later` };
}
