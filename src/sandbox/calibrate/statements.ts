import { MODELLED_ENDPOINTS } from '../modelled.ts';
import { chargedStatements, resourceStatements, tokenlessStatements } from './resource-statements.ts';
import type { Statement } from './statement.ts';
import { refreshStatements, revokeStatements, tokenStatements } from './token-statements.ts';

const MODELLED: ReadonlySet<string> = new Set(MODELLED_ENDPOINTS.map(({ method, path }) => `${method} ${path}`));

/** Everything that the sandbox claims of the platform and that can be asked of an account within minutes. */
export const STATEMENTS: readonly Statement[] = [
  ...tokenlessStatements,
  ...resourceStatements,
  ...tokenStatements,
  ...refreshStatements,
  ...revokeStatements,
  ...chargedStatements,
].filter(({ operation }) => operation === undefined || MODELLED.has(operation));
