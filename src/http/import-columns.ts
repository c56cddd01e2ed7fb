/** What a column of an import file holds. `label:…` are columns too. */
export const COLUMNS = [
  'name',
  'app',
  'keep',
  'refreshToken',
  'refreshExpiresAt',
  'obtainedAt',
  'jwt',
  'username',
  'extension',
  'password',
  'brandId',
  'accountId',
  'partnerAccountId',
] as const;

/** What stands before the name of a label in the name of its column. */
export const LABEL = 'label:';

/** Whether there is such a column. */
export function isColumn(name: string): boolean {
  return (COLUMNS as readonly string[]).includes(name) || (name.startsWith(LABEL) && name.length > LABEL.length);
}

/** What there is, for whoever named something else. */
export const COLUMN_NAMES = `${COLUMNS.join(', ')} and ${LABEL}NAME`;
