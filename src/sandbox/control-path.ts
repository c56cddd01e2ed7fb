/** Whether a path is a control's, and so none of the platform's. */
export function isControlPath(path: string): boolean {
  return path === '/_sandbox' || path.startsWith('/_sandbox/');
}
