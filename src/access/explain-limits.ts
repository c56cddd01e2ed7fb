import type { Client } from '../domain/client.ts';
import { limitGroupOf } from '../domain/limit-group.ts';
import type { ClientOutlook, LimitOutlooks, PlatformOutlook } from '../domain/limit-outlook.ts';
import { sends } from '../ringcentral/facts/sends.ts';
import type { RoutedRequest } from './permit-request.ts';

/** What would decide about a request that the rules allow. */
export interface LimitsExplained {
  /** Of the platform, for the Connection and the operation's group; absent: it is not limited. */
  readonly platform?: PlatformOutlook & { readonly group: string; readonly says: string };
  /** Of the Client, on this node. */
  readonly client: ClientOutlook & { readonly says: string };
  /** Whether an `Idempotency-Key` has the request carried out once. */
  readonly idempotencyKey: { readonly honoured: boolean; readonly says: string };
}

/** Says what limits and idempotency keys would do to a request, were it made now. */
export function explainLimits(
  limits: LimitOutlooks,
  client: Client,
  { method, app, connection, routed }: { readonly method: string; readonly app: string; readonly connection: string; readonly routed: RoutedRequest },
): LimitsExplained {
  const ofClient = limits.ofClient(client);
  const group = limitGroupOf(routed.operation?.group);
  const ofPlatform = group && limits.ofPlatform({ app, connection, group, client: client.name });
  return {
    ...(ofPlatform && { platform: { ...ofPlatform, group: routed.operation?.group ?? '', says: saysOfPlatform(ofPlatform) } }),
    client: { ...ofClient, says: ofClient.says ?? saysOfClient(ofClient) },
    idempotencyKey: saysOfKey(method, routed),
  };
}

function saysOfPlatform({ limit, room = 0, waitMs, outcome }: PlatformOutlook): string {
  if (!limit) return 'The platform states no limit for this group.';
  const of = `${limit.limit} requests in ${limit.windowMs / 1_000} s`;
  if (outcome === 'passes') return `${of}, of which this Client has ${room} more now.`;
  const seconds = Math.ceil(waitMs / 1_000);
  return outcome === 'waits' ? `${of}; it would wait some ${seconds} s.` : `${of}; it would be refused with platform_limited for some ${seconds} s.`;
}

function saysOfClient({ limits: { requestsPerSecond, burst, concurrency }, underWay }: ClientOutlook): string {
  const rate = requestsPerSecond === 0 ? 'any number of requests a second' : `${requestsPerSecond} requests a second, ${burst} at once`;
  return `The Client may send ${rate}, and have ${concurrency} under way; ${underWay} are.`;
}

function saysOfKey(method: string, { path, servedBy }: RoutedRequest): LimitsExplained['idempotencyKey'] {
  const honoured = servedBy !== 'bridge' && sends(method, path);
  return {
    honoured,
    says: honoured
      ? 'It places a call or sends something: with a key it is carried out once.'
      : 'It neither places a call nor sends anything: a key is not looked at.',
  };
}
