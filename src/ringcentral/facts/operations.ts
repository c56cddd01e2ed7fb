import { ACCOUNT_OPERATIONS } from './operations/account.ts';
import { BESIDE_OPERATIONS } from './operations/beside.ts';
import { RESTAPI_OPERATIONS } from './operations/restapi.ts';

/** The usage-plan groups; requests of one group share a bucket, `NoThrottling` has none. */
export type ThrottlingGroup = 'Light' | 'Medium' | 'Heavy' | 'Auth' | 'NoThrottling';

/** One thing that the platform can be asked for. */
export interface Operation {
  readonly method: string;
  /** Templated: `/restapi/v1.0/account/{accountId}`. */
  readonly path: string;
  /** The application permission that it needs; absent where it needs none. */
  readonly permission: string | undefined;
  readonly group: ThrottlingGroup;
  /** Whether the media origin serves it. */
  readonly media: boolean;
}

/** Every operation that RingCentral describes. */
export const OPERATIONS: readonly Operation[] = [ACCOUNT_OPERATIONS, RESTAPI_OPERATIONS, BESIDE_OPERATIONS].flatMap((lines) =>
  lines.trim().split('\n').map(readLine),
);

function readLine(line: string): Operation {
  const [method = '', path = '', permission = '', group = '', media] = line.split(' ');
  return { method, path, permission: permission === '-' ? undefined : permission, group: group as ThrottlingGroup, media: media === 'media' };
}

interface Node {
  readonly literals: Map<string, Node>;
  variable?: Node;
  readonly byMethod: Map<string, Operation>;
}

const ROOT = treeOf(OPERATIONS);

/**
 * The operation that a request means; nothing where RingCentral describes none.
 *
 * As OpenAPI has it, a path that is spelled out wins over one with variables, whatever the method. HEAD asks for what GET
 * does, and a final slash makes no difference.
 *
 * @param method  in capitals
 * @param path    as `readTarget` gives it, without query
 */
export function findOperation(method: string, path: string): Operation | undefined {
  if (path.charCodeAt(0) !== SLASH) return undefined;
  const end = path.length > 1 && path.charCodeAt(path.length - 1) === SLASH ? path.length - 1 : path.length;
  return descend(ROOT, path, 1, end)?.byMethod.get(method === 'HEAD' ? 'GET' : method);
}

const SLASH = 0x2f;

/** The node of `path` from `start` on that has operations. @param end  behind the last character that counts */
function descend(node: Node, path: string, start: number, end: number): Node | undefined {
  if (start > end) return node.byMethod.size > 0 ? node : undefined;
  const slash = path.indexOf('/', start);
  const stop = slash === -1 || slash > end ? end : slash;
  // An empty segment is no value of a variable.
  if (stop === start) return undefined;
  const literal = node.literals.get(path.slice(start, stop));
  const found = literal && descend(literal, path, stop + 1, end);
  return found ?? (node.variable && descend(node.variable, path, stop + 1, end));
}

function treeOf(operations: readonly Operation[]): Node {
  const root: Node = { literals: new Map(), byMethod: new Map() };
  for (const operation of operations) {
    let node = root;
    for (const segment of operation.path.slice(1).split('/')) node = childOf(node, segment);
    node.byMethod.set(operation.method, operation);
  }
  return root;
}

function childOf(node: Node, segment: string): Node {
  const fresh: Node = { literals: new Map(), byMethod: new Map() };
  if (segment.startsWith('{')) {
    node.variable ??= fresh;
    return node.variable;
  }
  const child = node.literals.get(segment) ?? fresh;
  node.literals.set(segment, child);
  return child;
}
