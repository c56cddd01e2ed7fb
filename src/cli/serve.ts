import { isOnThisMachine } from '../domain/app.ts';
import { everyItem } from '../domain/page.ts';
import type { CliParts, OpenGateway } from './ports.ts';
import { endSoon, untilStopped } from './until-stopped.ts';

/** `trunkline serve`: the gateway alone, until it is stopped. */
export async function serveCommand<Config>(parts: CliParts<Config>, config: Config): Promise<void> {
  const stopped = untilStopped();
  await parts.checkAddresses(config, false);
  const gateway = await parts.openGateway(config);
  try {
    await putConfiguredApp(gateway, parts, config);
    const { origin, adminOrigin } = await gateway.listen();
    process.stdout.write(`${['Trunkline is ready.', '', ...placeLines(gateway, origin, adminOrigin), ...nextStepLines(parts, config)].join('\n')}\n`);
    await stopped;
  } finally {
    await gateway.close();
    endSoon();
  }
}

/**
 * Creates the App, and the Connection, that RingCentral's environment names describe, or brings them up to date.
 *
 * @throws DemoPresent
 */
export async function putConfiguredApp<Config>(gateway: OpenGateway, parts: CliParts<Config>, config: Config): Promise<void> {
  const draft = parts.appOf(config);
  if (draft) await gateway.apps.putApp(draft);
  const connection = parts.connectionOf(config);
  if (connection) await gateway.connections.putConnection(connection);
}

/** What to do next with the App that the environment describes: nothing was asked of its platform yet. */
export function nextStepLines<Config>(parts: CliParts<Config>, config: Config): string[] {
  const connection = parts.connectionOf(config);
  const app = parts.appOf(config);
  if (connection) return ['', 'Whether the platform takes its sign-in:', '', `  npx trunkline doctor --sign-in ${connection.name}`];
  return app ? ['', 'A Connection that signs in with your App:', '', `  npx trunkline connection add NAME --app ${app.name} --jwt --verify`] : [];
}

/** Whether an App of a real platform is there. */
export async function hasRealApp(gateway: OpenGateway): Promise<boolean> {
  for await (const app of everyItem((page) => gateway.apps.listApps(page))) if (!isOnThisMachine(app)) return true;
  return false;
}

/** Where everything is, a line each. */
export function placeLines(gateway: OpenGateway, origin: string, adminOrigin: string): string[] {
  return [
    `  gateway         ${origin}`,
    `  management API  ${adminOrigin}/trunkline/api/`,
    `  admin token     ${gateway.adminTokenFile ?? 'as given by TRUNKLINE_ADMIN_TOKEN'}`,
  ];
}
