import { type Freeze, frozenThing } from '../domain/freeze.ts';
import type { FreezeTarget, ManagedKind } from '../domain/management.ts';
import type { Finding } from './finding.ts';
import type { CliParts } from './ports.ts';
import { type Output, printJson, printLine } from './print.ts';
import { withManagement } from './reach.ts';
import { CommandFailed } from './say.ts';

/** The flags of `freeze` and `thaw`. */
export interface FreezeFlags extends Output {
  readonly reason?: string;
  /** Everything, in place of a name. */
  readonly all?: boolean;
}

const NOUNS: Readonly<Record<ManagedKind, string>> = { apps: 'App', connections: 'Connection', clients: 'Client' };

/** `trunkline app|connection|client freeze NAME`, `trunkline app freeze --all` */
export async function freezeCommand<Config>(
  parts: CliParts<Config>,
  config: Config,
  kind: ManagedKind,
  name: string | undefined,
  flags: FreezeFlags,
): Promise<void> {
  const target = targetOf(kind, name, flags);
  const freeze = await withManagement(parts, config, (management) => management.freeze(target, flags.reason));
  const since = new Date(freeze.at).toISOString();
  if (flags.json) printJson(freeze);
  else printLine(`${thing(target)} is frozen since ${since}: its tokens are kept, and nobody gets to use them. \`${thawLine(target)}\` ends that.`);
}

/** `trunkline app|connection|client thaw NAME`, `trunkline app thaw --all` */
export async function thawCommand<Config>(
  parts: CliParts<Config>,
  config: Config,
  kind: ManagedKind,
  name: string | undefined,
  flags: FreezeFlags,
): Promise<void> {
  const target = targetOf(kind, name, flags);
  await withManagement(parts, config, (management) => management.thaw(target));
  if (flags.json) printJson({ thawed: target === 'everything' ? null : target.name });
  else printLine(`${thing(target)} is not frozen by itself any more; \`trunkline doctor\` says what else is.`);
}

/** What is frozen, for `trunkline doctor`: somebody may have forgotten it. */
export function freezeFindings(freezes: readonly Freeze[]): Finding[] {
  const name = 'freezes';
  if (freezes.length === 0) return [{ name, level: 'ok', message: 'nothing is frozen' }];
  return freezes.map((freeze) => {
    const target: FreezeTarget = freeze.kind === 'all' ? 'everything' : { kind: `${freeze.kind}s`, name: freeze.name };
    const why = freeze.reason === undefined ? '' : ` (${freeze.reason})`;
    const message = `${frozenThing(freeze)} since ${new Date(freeze.at).toISOString()}, by ${freeze.by}${why}; \`${thawLine(target)}\` ends that`;
    return { name, level: 'warn', message };
  });
}

function targetOf(kind: ManagedKind, name: string | undefined, { all = false }: FreezeFlags): FreezeTarget {
  if (all === (name !== undefined)) throw new CommandFailed(`Give the name of the ${NOUNS[kind]}${kind === 'apps' ? ', or --all for everything' : ''}.`);
  return name === undefined ? 'everything' : { kind, name };
}

function thing(target: FreezeTarget): string {
  return target === 'everything' ? 'Everything' : `${NOUNS[target.kind]} "${target.name}"`;
}

function thawLine(target: FreezeTarget): string {
  return target === 'everything' ? 'trunkline app thaw --all' : `trunkline ${target.kind.slice(0, -1)} thaw ${target.name}`;
}
