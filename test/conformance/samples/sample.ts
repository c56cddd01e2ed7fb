import { PERMISSIONS } from '../../../src/ringcentral/facts/permissions.ts';
import { DEMO_DATA } from '../../../src/sandbox/demo.ts';
import type { Extension, SandboxData } from '../../../src/sandbox/directory.ts';
import { type Outside, outside, type Reply, sender } from '../../sandbox-world.ts';

/** A sandbox, and the main administrator of an account of two who is signed in, with an app that has every permission. */
export interface SampleWorld extends Outside {
  readonly token: string;
  /** Asks with the token; a body is sent as JSON. */
  send(method: string, path: string, body?: unknown): Promise<Reply>;
}

/** A request that an operation answers well. What must be there first, it makes itself. */
export type Sample = (world: SampleWorld) => Promise<Reply>;

/** Samples by operation: `GET /restapi/v1.0/…`. */
export type Samples = Readonly<Record<string, readonly Sample[]>>;

/** An operation's path up to the account, and up to the extension. */
export const OF_ACCOUNT = '/restapi/v1.0/account/{accountId}';
export const OF_EXTENSION = `${OF_ACCOUNT}/extension/{extensionId}`;

/** The other user of the account. */
export const COLLEAGUE: Extension = {
  id: 403_145_004,
  extensionNumber: '102',
  name: 'Second Desk',
  email: 'second-desk@example.com',
  password: '1234',
  mainAdministrator: false,
  directNumbers: ['+16505550103'],
  forwardingNumbers: [],
};

const [FRONT_DESK_ACCOUNT, ...OTHER_ACCOUNTS] = DEMO_DATA.accounts;
const DATA: SandboxData = {
  ...DEMO_DATA,
  apps: DEMO_DATA.apps.map((app) => ({ ...app, permissions: Object.keys(PERMISSIONS) })),
  accounts: FRONT_DESK_ACCOUNT ? [{ ...FRONT_DESK_ACCOUNT, extensions: [...FRONT_DESK_ACCOUNT.extensions, COLLEAGUE] }, ...OTHER_ACCOUNTS] : [],
};

export async function sampleWorld(): Promise<SampleWorld> {
  const world = await outside({ data: DATA });
  const { access_token: token } = await world.signIn();
  return { ...world, token, send: sender(world, token) };
}

/** A request that needs nothing but what is there from the beginning. */
export function asks(method: string, path: string, body?: unknown): Sample {
  return ({ send }) => send(method, path, body);
}

export function reads(path: string): Sample {
  return asks('GET', path);
}

/** The first of a list's records, of which a test knows what it looks for. */
export async function firstOf({ send }: SampleWorld, path: string): Promise<Readonly<Record<string, unknown>>> {
  const [first = {}] = ((await send('GET', path)).json.records ?? []) as Readonly<Record<string, unknown>>[];
  return first;
}
