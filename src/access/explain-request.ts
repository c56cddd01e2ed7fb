import type { App, AppStore } from '../domain/app.ts';
import type { ClientStore } from '../domain/client.ts';
import type { ConnectionStore } from '../domain/connection.ts';
import { ClientNotFound, GatewayError } from '../domain/errors.ts';
import type { FreezeGuard } from '../domain/freeze.ts';
import type { LimitOutlooks } from '../domain/limit-outlook.ts';
import type { Policy } from '../domain/policy.ts';
import { withIncluded } from '../ringcentral/facts/permissions.ts';
import { explainLimits, type LimitsExplained } from './explain-limits.ts';
import { type AskedRequest, connectionOf, permitRequest, type RoutedRequest, refusalOf, routeRequest } from './permit-request.ts';
import { requiredPermission } from './required-permission.ts';

/** The rules in the order in which they are asked. */
const RULES = ['target', 'client frozen', 'connection', 'ipAllow', 'methods', 'paths', 'permissions', 'connection frozen'] as const;
type Rule = (typeof RULES)[number];

/** What one rule has to say about a request. */
export interface RuleOutcome {
  readonly rule: Rule;
  readonly outcome: 'passes' | 'refuses' | 'not asked';
  readonly says: string;
}

/** Why a request is allowed or refused. */
export interface Explanation {
  readonly allowed: boolean;
  /** The rule that refuses. */
  readonly rule?: Rule;
  readonly because: string;
  readonly rules: readonly RuleOutcome[];
  readonly address: string;
  readonly connection?: string;
  readonly destination?: { readonly servedBy: string; readonly app?: string; readonly origin?: string; readonly path: string };
  /** Absent where no rule of the Policy is asked, since it leads nowhere. */
  readonly limits?: LimitsExplained;
  readonly operation?: { readonly method: string; readonly path: string; readonly permissions: readonly string[]; readonly group: string };
}

/** What an explanation is made from. */
export interface ExplainParts {
  readonly store: Pick<ClientStore, 'findClient'> & Pick<ConnectionStore, 'findConnection'> & Pick<AppStore, 'findApp'>;
  readonly freezes: Pick<FreezeGuard, 'requireClient' | 'requireConnection'>;
  readonly limits: LimitOutlooks;
}

/**
 * Says which rule decides about a request, without making it. It asks the rules that the request itself would meet, so
 * that it cannot say something else than what would happen.
 *
 * @throws ClientNotFound
 */
export async function explainRequest({ store, freezes, limits }: ExplainParts, clientName: string, asked: AskedRequest): Promise<Explanation> {
  const client = await store.findClient(clientName);
  if (!client) throw new ClientNotFound(clientName);

  let routed: RoutedRequest | undefined;
  let connection: string | undefined;
  let refusing: Rule | undefined = 'target';
  let error: GatewayError | undefined;
  try {
    routed = routeRequest(asked);
    refusing = 'client frozen';
    freezes.requireClient(client.name);
    refusing = 'connection';
    connection = connectionOf(client, asked);
    refusing = refusalOf(client, asked, routed) ?? 'connection frozen';
    await permitRequest(freezes, client, asked, routed);
    refusing = undefined;
  } catch (refusal) {
    if (!(refusal instanceof GatewayError)) throw refusal;
    error = refusal;
  }

  const at = refusing === undefined ? RULES.length : RULES.indexOf(refusing);
  const rules = RULES.map((rule, index): RuleOutcome => {
    if (index > at) return { rule, outcome: 'not asked', says: '' };
    const says = index === at ? (error?.message ?? '') : '';
    return {
      rule,
      outcome: index < at ? 'passes' : 'refuses',
      says: [says, detailOf(rule, client.policy, asked, routed, connection)].filter(Boolean).join(' '),
    };
  });
  const destination = routed && (await destinationWithin(store, routed, connection));
  const { app } = destination ?? {};
  return {
    allowed: refusing === undefined,
    ...(refusing !== undefined && { rule: refusing }),
    because: error?.message ?? `Every rule of Client "${client.name}" allows it.`,
    rules,
    address: asked.address,
    ...(connection !== undefined && { connection }),
    ...(destination && { destination }),
    ...(routed &&
      app !== undefined &&
      connection !== undefined && { limits: explainLimits(limits, client, { method: asked.method, app, connection, routed }) }),
    ...(routed?.operation && { operation: outlineOf(routed.operation) }),
  };
}

function detailOf(rule: Rule, policy: Policy | undefined, asked: AskedRequest, routed: RoutedRequest | undefined, connection: string | undefined): string {
  if (rule === 'target') return routed ? `${asked.method} ${routed.path}` : '';
  if (rule === 'connection') return connection === undefined ? '' : `Connection "${connection}"${asked.connection === undefined ? ', its first' : ''}`;
  if (rule === 'ipAllow') return `${asked.address}; the Policy has ${listed(policy?.ipAllow)}`;
  if (rule === 'methods') return `${asked.method}; the Policy has ${listed(policy?.methods)}`;
  if (rule === 'paths') return `${routed?.path ?? ''}; the Policy has ${listed(policy?.paths)}`;
  if (rule === 'permissions') return `${needOf(routed)}; the Policy has ${withAllIncluded(policy?.permissions)}`;
  return '';
}

function needOf(routed: RoutedRequest | undefined): string {
  const needed = requiredPermission(routed?.operation);
  if (needed === undefined) return 'RingCentral describes no such operation, so that nobody knows which Permission it needs';
  return needed === '' ? 'It needs no Permission' : `It needs ${[needed].flat().join(' or ')}`;
}

function listed(list: readonly string[] | undefined): string {
  if (list === undefined) return 'no such list, which allows all';
  return list.length === 0 ? 'an empty list, which allows none' : list.join(', ');
}

function withAllIncluded(permissions: readonly string[] | undefined): string {
  const included = new Set((permissions ?? []).flatMap((permission) => [...withIncluded(permission)]));
  for (const permission of permissions ?? []) included.delete(permission);
  return included.size === 0 ? listed(permissions) : `${listed(permissions)}, and so ${[...included].join(', ')}`;
}

function outlineOf({ method, path, permission, group }: NonNullable<RoutedRequest['operation']>): NonNullable<Explanation['operation']> {
  const needed = requiredPermission({ method, path, permission, group, media: false });
  return { method, path, permissions: [needed ?? []].flat().filter((one) => one !== ''), group };
}

async function destinationWithin(
  store: ExplainParts['store'],
  { servedBy, path }: RoutedRequest,
  connection: string | undefined,
): Promise<NonNullable<Explanation['destination']>> {
  const found = connection === undefined ? undefined : await store.findConnection(connection);
  const app: App | undefined = found && (await store.findApp(found.app));
  if (!app || servedBy === 'bridge') return { servedBy, path };
  return { servedBy, app: app.name, origin: app[servedBy], path };
}
