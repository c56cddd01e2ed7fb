import { type Connection, type ConnectionView, viewConnection } from '../domain/connection.ts';
import type { CredentialOutline } from '../domain/credential.ts';
import type { GrantOutline } from '../domain/grant.ts';
import type { Keeping } from '../domain/keeping.ts';
import { type RingCxOutline, viewRingCx } from '../domain/ring-cx-grant.ts';
import type { BrokerParts } from './parts.ts';

type ViewParts = Pick<BrokerParts, 'store' | 'clock' | 'freezes'>;

/** A Connection as people see it. */
export async function showConnection(parts: ViewParts, connection: Connection): Promise<ConnectionView> {
  return show(parts, connection, await outlinesOf(parts, [connection]));
}

/** Connections as people see them, in their order; read at once, however many they are. */
export async function showConnections(parts: ViewParts, connections: readonly Connection[]): Promise<ConnectionView[]> {
  const outlines = await outlinesOf(parts, connections);
  return connections.map((connection) => show(parts, connection, outlines));
}

/** What is seen of some Connections' Grants and credentials. */
interface Outlines {
  readonly grants: ReadonlyMap<string, GrantOutline>;
  readonly credentials: readonly CredentialOutline[];
  readonly ringCx: ReadonlyMap<string, RingCxOutline>;
  readonly keepings: ReadonlyMap<string, Keeping>;
  /** Those that wait for a slot, or for the end of a back-off of their own. */
  readonly waiting: ReadonlySet<string>;
  /** The Apps of which nothing may leave now. */
  readonly paused: ReadonlySet<string>;
}

async function outlinesOf({ store, clock }: ViewParts, connections: readonly Connection[]): Promise<Outlines> {
  const names = connections.map(({ name }) => name);
  if (names.length === 0) return { grants: new Map(), credentials: [], ringCx: new Map(), keepings: new Map(), waiting: new Set(), paused: new Set() };
  const now = clock.now();
  const [grants, credentials, ringCx, keepings, waiting] = await Promise.all([
    store.listGrantOutlines(names),
    store.listCredentialOutlines(names),
    store.listRingCxOutlines(names),
    store.listKeepings(names),
    store.listWaiting(names, now),
  ]);
  const outlines = { grants: byConnection(grants), credentials, ringCx: byConnection(ringCx), keepings: byConnection(keepings), waiting: new Set(waiting) };
  const paused = await pausedOf(store, new Set(connections.map((connection) => askedApp(connection, outlines))), now);
  return { ...outlines, paused };
}

async function pausedOf(store: ViewParts['store'], apps: ReadonlySet<string>, now: number): Promise<ReadonlySet<string>> {
  const paused = new Set<string>();
  for (const app of apps) {
    const { pause } = await store.findBudget(app, now);
    if (pause && pause.until > now) paused.add(app);
  }
  return paused;
}

function show({ freezes, clock }: ViewParts, connection: Connection, outlines: Outlines): ConnectionView {
  const { name } = connection;
  const grant = outlines.grants.get(name);
  const inRingCx = outlines.ringCx.get(name);
  const circumstances = {
    grant,
    credentials: credentialsOf(connection, outlines),
    keeping: outlines.keepings.get(name),
    waiting: outlines.waiting.has(name) || outlines.paused.has(askedApp(connection, outlines)),
    frozen: freezes.find(name, grant ? [connection.app, grant.app] : [connection.app]),
  };
  const view = viewConnection(connection, circumstances, clock.now());
  return { ...view, ...(inRingCx && { ringcx: viewRingCx(inRingCx) }) };
}

function credentialsOf({ name }: Connection, { credentials }: Pick<Outlines, 'credentials'>): readonly CredentialOutline[] {
  return credentials.filter(({ connection }) => connection === name);
}

/** The App that would be asked for its next token: its Grant's, else that of the first credential that is still good. */
function askedApp(connection: Connection, outlines: Pick<Outlines, 'grants' | 'credentials'>): string {
  const grant = outlines.grants.get(connection.name);
  if (grant && !grant.revoked) return grant.app;
  return credentialsOf(connection, outlines).find(({ refused }) => !refused)?.app ?? connection.app;
}

function byConnection<Outline extends { readonly connection: string }>(outlines: readonly Outline[]): ReadonlyMap<string, Outline> {
  return new Map(outlines.map((outline) => [outline.connection, outline]));
}
