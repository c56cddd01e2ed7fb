/** Whether a path is the one that is meant: exactly, or, where `pattern` ends with `*`, by its beginning. */
export function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}
