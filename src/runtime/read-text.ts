/**
 * A response's body as text.
 *
 * @returns nothing where it is longer than `limitBytes`; the rest is not read then
 */
export async function readText(response: Response, limitBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
