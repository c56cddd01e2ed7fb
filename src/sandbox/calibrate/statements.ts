import { chargedStatements, resourceStatements, tokenlessStatements } from './resource-statements.ts';
import type { Statement } from './statement.ts';
import { refreshStatements, revokeStatements, tokenStatements } from './token-statements.ts';

/** Everything that the sandbox claims of the platform and that can be asked of an account within minutes. */
export const STATEMENTS: readonly Statement[] = [
  ...tokenlessStatements,
  ...resourceStatements,
  ...tokenStatements,
  ...refreshStatements,
  ...revokeStatements,
  ...chargedStatements,
];
