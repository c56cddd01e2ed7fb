/** Headers as they came: name, value, name, value. */
export type RawHeaders = readonly string[];

/**
 * The value of a header; those of several are joined.
 *
 * @param name  in lower case
 */
export function headerOf(headers: RawHeaders, name: string): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const candidate = headers[index] as string;
    // Its length rules most of them out, at a tenth of what lower case costs.
    if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue;
    const value = headers[index + 1] as string;
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}
