import { isOnThisMachine } from '../domain/app.ts';
import type { CliParts, OpenGateway } from './ports.ts';
import { untilStopped } from './until-stopped.ts';

/** `trunkline serve`: the gateway alone, until it is stopped. */
export async function serveCommand<Config>(parts: CliParts<Config>, config: Config): Promise<void> {
  const stopped = untilStopped();
  const gateway = await parts.openGateway(config);
  try {
    await putConfiguredApp(gateway, parts, config);
    const { origin, adminOrigin } = await gateway.listen();
    process.stdout.write(`${['Trunkline is ready.', '', ...placeLines(gateway, origin, adminOrigin)].join('\n')}\n`);
    await stopped;
  } finally {
    await gateway.close();
  }
}

/**
 * Creates the App that RingCentral's environment names describe, or brings it up to date.
 *
 * @throws DemoPresent
 */
export async function putConfiguredApp<Config>(gateway: OpenGateway, parts: CliParts<Config>, config: Config): Promise<void> {
  const draft = parts.appOf(config);
  if (draft) await gateway.apps.putApp(draft);
}

/** Whether an App of a real platform is there. */
export async function hasRealApp(gateway: OpenGateway): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const page = await gateway.apps.listApps({ limit: 1_000, ...(cursor !== undefined && { cursor }) });
    if (page.items.some((app) => !isOnThisMachine(app))) return true;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
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
