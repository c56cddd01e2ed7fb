import { MODELLED_ENDPOINTS } from '../../src/sandbox/platform.ts';

const MODELLED = new Set(MODELLED_ENDPOINTS.map(({ method, path }) => `${method} ${path}`));

/** Whether the sandbox has an operation of its own for it: `GET /restapi/v1.0/…`. */
export function isModelled(operation: string): boolean {
  return MODELLED.has(operation);
}
