import ipaddr from 'ipaddr.js';
import { readTarget } from './target.ts';

/**
 * What a Client may do. Each part that is given allows only what it lists, so an empty list denies; a part that is
 * absent does not restrict.
 */
export interface Policy {
  /** CIDR blocks, IPv4 or IPv6, that the Client may call from. */
  readonly ipAllow?: readonly string[];
  /** RingCentral Permissions; one covers those it includes. */
  readonly permissions?: readonly string[];
  /** Platform paths: `*` stands for one segment, a final `**` for any rest. */
  readonly paths?: readonly string[];
  readonly methods?: readonly string[];
  /** Whether access tokens may be handed to the Client; false where a Policy does not mention it. */
  readonly token?: boolean;
}

/** One request that a Policy is asked about. */
export interface PolicyQuestion {
  readonly address: string;
  readonly method: string;
  /** As `readTarget` gives it. */
  readonly path: string;
  /** The Permission that the operation needs, or several of which one will do; `NO_PERMISSION`; nothing where nobody knows. */
  readonly permission: string | readonly string[] | undefined;
}

/** Of an operation that the platform gives to every App. */
export const NO_PERMISSION = '';

/** Which part of a Policy refuses. */
export type PolicyRefusal = 'ipAllow' | 'permissions' | 'paths' | 'methods';

/**
 * Which part of the Policy refuses this request; nothing where it is allowed.
 *
 * @param includes  the Permissions that one Permission includes, itself among them, transitively
 */
export function policyRefusal(
  policy: Policy | undefined,
  question: PolicyQuestion,
  includes: (permission: string) => ReadonlySet<string>,
): PolicyRefusal | undefined {
  if (!policy) return undefined;
  if (policy.ipAllow && !addressInBlocks(policy.ipAllow, question.address)) return 'ipAllow';
  if (policy.methods && !policy.methods.includes(question.method) && !policy.methods.some((method) => method.toUpperCase() === question.method))
    return 'methods';
  if (policy.paths && !pathAllowed(policy.paths, question.path)) return 'paths';
  if (policy.permissions && !permissionsCover(policy.permissions, question.permission, includes)) return 'permissions';
  return undefined;
}

/**
 * Which part of the Policy refuses to hand an access token out; nothing where it is allowed.
 *
 * A Client without Policy may have one. A given Policy must say so, whatever else it allows: with a token in hand the
 * Client reaches the platform past its methods and paths.
 */
export function tokenRefusal(policy: Policy | undefined, address: string): 'ipAllow' | 'token' | undefined {
  if (!policy) return undefined;
  if (policy.ipAllow && !addressInBlocks(policy.ipAllow, address)) return 'ipAllow';
  return policy.token === true ? undefined : 'token';
}

// Four decimal numbers; a library may read `10.1` or `012.0.0.1` as an address, too.
const DOTTED = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/;

/** Whether `text` is a CIDR block, or a single address. */
export function isAddressBlock(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  if (rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return false;
  // Other spellings of IPv4 (`010.0.0.1`, `127.1`) are read as something else than what a person means; a mapped block
  // would match nothing, since addresses are compared unmapped.
  const spelled = address.includes(':') ? !/^::ffff:/i.test(address) : DOTTED.test(address);
  return spelled && (bits === undefined ? ipaddr.isValid(text) : ipaddr.isValidCIDR(text));
}

// Reading blocks and addresses takes some 20 µs, on every request; the same few addresses call again and again.
const REMEMBERED = 1_000;
const verdicts = new WeakMap<readonly string[], Map<string, boolean>>();

/** Whether an address, IPv4-mapped IPv6 included, lies in one of the blocks, which never change. */
export function addressInBlocks(blocks: readonly string[], address: string): boolean {
  let known = verdicts.get(blocks);
  if (!known || known.size >= REMEMBERED) {
    known = new Map();
    verdicts.set(blocks, known);
  }
  const verdict = known.get(address) ?? blocks.some((block) => blockHolds(block, address));
  known.set(address, verdict);
  return verdict;
}

function blockHolds(block: string, address: string): boolean {
  if (!ipaddr.isValid(address) || !(address.includes(':') || DOTTED.test(address))) return false;
  const candidate = ipaddr.process(address);
  if (ipaddr.isValid(block)) return ipaddr.process(block).toNormalizedString() === candidate.toNormalizedString();
  const [network, bits] = ipaddr.parseCIDR(block);
  return network.kind() === candidate.kind() && candidate.match(network, bits);
}

/** What is wrong with a path pattern; nothing where it can be told what it matches. */
export function pathPatternFault(pattern: string): string | undefined {
  const target = readTarget(pattern);
  if ('refusal' in target || target.query !== undefined) return 'must be a path such as /restapi/v1.0/account/*/extension/**';
  const segments = segmentsOf(target.path);
  if (segments.some((segment, index) => segment.includes('*') && !(segment === '*' || (segment === '**' && index === segments.length - 1)))) {
    return 'must have "*" for a whole segment, and "**" only at its end';
  }
  return undefined;
}

// Where nobody knows what an operation needs, a list of Permissions cannot be said to have it.
function permissionsCover(
  permissions: readonly string[],
  needed: PolicyQuestion['permission'],
  includes: (permission: string) => ReadonlySet<string>,
): boolean {
  if (needed === undefined || permissions.length === 0) return false;
  const anyOf = typeof needed === 'string' ? [needed] : needed;
  return anyOf.some((one) => one === NO_PERMISSION || permissions.some((permission) => includes(permission).has(one)));
}

const patterns = new WeakMap<readonly string[], readonly (readonly string[])[]>();

function pathAllowed(paths: readonly string[], path: string): boolean {
  let wanted = patterns.get(paths);
  if (!wanted) {
    wanted = paths.map(segmentsOf);
    patterns.set(paths, wanted);
  }
  for (const pattern of wanted) if (segmentsMatch(pattern, path)) return true;
  return false;
}

// Without taking the path apart: every request of a Client with paths comes here.
function segmentsMatch(wanted: readonly string[], path: string): boolean {
  const end = path.length > 1 && path.endsWith('/') ? path.length - 1 : path.length;
  let at = 0;
  for (let index = 0; index < wanted.length; index += 1) {
    const segment = wanted[index] as string;
    if (segment === '**' && index === wanted.length - 1) return true;
    if (at > end) return false;
    const slash = path.indexOf('/', at);
    const stop = slash === -1 || slash > end ? end : slash;
    if (segment === '*' ? stop === at : !isSegmentAt(segment, path, at, stop)) return false;
    at = stop + 1;
  }
  return at > end;
}

function isSegmentAt(wanted: string, path: string, at: number, stop: number): boolean {
  if (stop - at === wanted.length && path.startsWith(wanted, at)) return true;
  return isSameSegment(wanted, path.slice(at, stop));
}

// Servers that drop a final slash answer both paths alike, so both are judged alike.
function segmentsOf(path: string): readonly string[] {
  return (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path).split('/');
}

/** However either is percent-encoded: the server decodes both. */
function isSameSegment(wanted: string, given: string): boolean {
  return (wanted.includes('%') || given.includes('%')) && decoded(wanted) === decoded(given);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
