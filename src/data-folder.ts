/** The one folder that is made where it is absent. */
export const DATA_FOLDER = 'data';
/** Where the vault's key is kept where no setting says so. */
export const VAULT_KEY_FILE = `${DATA_FOLDER}/vault.key`;
/** Where the admin token is kept where no setting gives one. */
export const ADMIN_TOKEN_FILE = `${DATA_FOLDER}/admin.token`;
