import type { ManagedAppWeather, ManagedDying, ManagedWeather } from '../domain/management.ts';
import { everyItem } from '../domain/page.ts';
import type { Finding } from './finding.ts';
import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine, printTable } from './print.ts';
import { withManagement } from './reach.ts';
import { CommandFailed } from './say.ts';

const DEFAULT_DAYS = 7;
const MOST_DAYS = 90;
const DAY_SECONDS = 24 * 60 * 60;

/** The flags of `trunkline connection weather`. */
export interface WeatherFlags extends Output {
  readonly days?: string;
}

/**
 * `trunkline connection weather`: what each App keeps alive, and what dies unless somebody acts.
 *
 * @throws CommandFailed  `--days` is no number of days
 */
export async function weatherCommand<Config>(
  parts: CliParts<Config>,
  config: Config,
  { days: given = String(DEFAULT_DAYS), json }: WeatherFlags,
): Promise<void> {
  const days = /^\d{1,2}$/.test(given) ? Number(given) : 0;
  if (days < 1 || days > MOST_DAYS) throw new CommandFailed(`--days must be a whole number from 1 to ${MOST_DAYS}.`);
  let apps: readonly ManagedAppWeather[] = [];
  const items = await withManagement(parts, config, async (management) => {
    const all: ManagedDying[] = [];
    const list = async (page: Parameters<typeof management.weather>[1]): Promise<ManagedWeather> => {
      const part = await management.weather(days, page);
      apps = part.apps ?? apps;
      return part;
    };
    for await (const dying of everyItem<ManagedDying>(list)) all.push(dying);
    return all;
  });
  if (json) {
    printJson({ days, apps, items });
    return;
  }
  for (const app of apps) {
    printLine(`App "${app.app}": ${budgetLine(app)}; ${keepingLine(app)}.`);
    if (app.deadlines.length > 0) printLine(`  to be refreshed by: ${app.deadlines.map(({ day, connections }) => `${day} ${connections}`).join(', ')}`);
  }
  if (items.length === 0) {
    printLine(`No Connection dies within ${days} days.`);
    return;
  }
  printTable(
    ['name', 'app', 'diesAt', 'why', 'todo'],
    items.toSorted((a, b) => a.diesAt - b.diesAt).map((item) => ({ ...item })),
  );
}

/** How many Grants the Apps' budgets keep alive, for `trunkline doctor`. */
export function keepingFindings({ apps = [], items, days }: ManagedWeather): Finding[] {
  const name = 'keeping';
  const findings = apps.map((app) => keepingFinding(name, app));
  if (items.length === 0) return findings;
  const message = `within ${days} days Connections die unless somebody acts, ${items.map((item) => `"${item.name}"`).join(', ')} for one; \`trunkline connection weather\` names them all`;
  return [...findings, { name, level: 'warn', message }];
}

// An App that is refused refreshes nothing, whatever its budget has room for.
function keepingFinding(name: string, app: ManagedAppWeather): Finding {
  const { pausedBecause } = app.budget;
  if (pausedBecause?.startsWith('app_refused')) {
    return {
      name,
      level: 'warn',
      message: `App "${app.app}": RingCentral refuses it, ${pausedBecause}, and none of its tokens is refreshed; compare its client id, client secrets and grant types with the developer console`,
    };
  }
  return {
    name,
    level: app.givenUp > 0 ? 'warn' : 'ok',
    message: `App "${app.app}": ${keepingLine(app)}${app.givenUp > 0 ? '; see docs/budgets.md, Over capacity' : ''}`,
  };
}

function budgetLine({ budget, limitFrom, callersShare }: ManagedAppWeather): string {
  const { limit, windowSeconds, waiting, pausedUntil, pausedBecause } = budget;
  const allowed = limit === undefined ? 'no limit of token requests is in force' : `${limit} token requests in ${windowSeconds} s (${limitFrom})`;
  const share = limit === undefined ? '' : `, callers take ${Math.round(callersShare * 100)} % of them`;
  const queue = waiting === 0 ? '' : `, ${waiting} wait`;
  const pause = pausedUntil === undefined ? '' : `, paused until ${new Date(pausedUntil).toISOString()}: ${pausedBecause}`;
  return `${allowed}${share}${queue}${pause}`;
}

function keepingLine({ kept, capacity, lifetimeSeconds, givenUp }: ManagedAppWeather): string {
  const days = Math.round((lifetimeSeconds / DAY_SECONDS) * 100) / 100;
  const most = capacity === undefined ? 'as many as there are can be' : `its budget keeps ${capacity} alive whose refresh tokens live for ${days} days`;
  return `${kept} ${kept === 1 ? 'Grant is' : 'Grants are'} kept alive, ${most}${givenUp === 0 ? '' : `, and ${givenUp} are left to die, the longest unused first`}`;
}
