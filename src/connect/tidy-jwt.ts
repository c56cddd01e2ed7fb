/** What was pasted, without what copying adds: quotes, line breaks, the word Bearer. */
export function tidyJwt(pasted: string): string {
  return pasted
    .replace(/^\s*(bearer\s+)?["'`]?/i, '')
    .replace(/["'`,;]*\s*$/, '')
    .replace(/\s+/g, '');
}
