/** Something that answers one method at one path, whose parameters stand in braces. */
export interface Routed {
  readonly method: string;
  readonly path: string;
}

/** What was found at a path. */
export type Found<Target extends Routed> =
  | { readonly outcome: 'found'; readonly target: Target; readonly parameters: Readonly<Record<string, string>> }
  /** The path is right; these are the methods it has. */
  | { readonly outcome: 'other-method'; readonly methods: readonly string[] }
  | { readonly outcome: 'nothing' };

/** Finds by method and path. */
export class Router<Target extends Routed> {
  /** Those without parameters, by method and path: most requests for tokens mean one of them. */
  readonly #exact = new Map<string, { readonly outcome: 'found'; readonly target: Target; readonly parameters: Readonly<Record<string, string>> }>();
  readonly targets: readonly Target[];
  readonly #byLength = new Map<number, { readonly target: Target; readonly segments: readonly string[] }[]>();

  /** @param targets  of two that are the same at a path, the first is found */
  constructor(targets: readonly Target[]) {
    this.targets = targets;
    for (const target of targets) {
      const segments = target.path.split('/');
      const name = `${target.method} ${target.path}`;
      if (!segments.some(isParameter) && !this.#exact.has(name)) this.#exact.set(name, { outcome: 'found', target, parameters: {} });
      this.#byLength.set(segments.length, [...(this.#byLength.get(segments.length) ?? []), { target, segments }]);
    }
  }

  find(method: string, path: string): Found<Target> {
    const exact = this.#exact.get(`${method} ${path}`);
    if (exact) return exact;
    const parts = path.split('/');
    const candidates = (this.#byLength.get(parts.length) ?? []).filter(({ segments }) =>
      segments.every((segment, index) => isParameter(segment) || segment === parts[index]),
    );
    const match = candidates.find(({ target }) => target.method === method);
    if (match) return { outcome: 'found', target: match.target, parameters: parametersOf(match.segments, parts) };
    if (candidates.length === 0) return { outcome: 'nothing' };
    return { outcome: 'other-method', methods: candidates.map(({ target }) => target.method) };
  }
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

function parametersOf(segments: readonly string[], parts: readonly string[]): Record<string, string> {
  return Object.fromEntries(segments.flatMap((segment, index) => (isParameter(segment) ? [[segment.slice(1, -1), decoded(parts[index] ?? '')]] : [])));
}

// Some programs percent-encode the ~ of their own account.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
