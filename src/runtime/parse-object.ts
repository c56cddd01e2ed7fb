/**
 * The object that a JSON text holds; nothing where it is not JSON, or holds something else. Why it is not JSON is not said:
 * the parser's own error quotes the text, which may be a secret.
 */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
