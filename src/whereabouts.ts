import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Whereabouts } from './cli/ports.ts';
import { type Config, originOf } from './config/check.ts';
import { ADMIN_TOKEN_FILE, VAULT_KEY_FILE } from './data-folder.ts';
import { Secret } from './domain/secret.ts';
import { databaseAt } from './store/open.ts';

/** Where a gateway of this configuration is, and what of it lies in the folder that a command was started in. */
export function whereabouts(config: Config): Whereabouts {
  const token = config.adminToken ?? (existsSync(ADMIN_TOKEN_FILE) ? new Secret(readFileSync(ADMIN_TOKEN_FILE, 'utf8').trim()) : undefined);
  const database = databaseAt(config.database);
  return {
    origin: config.url ?? originOf(config.listen),
    adminOrigin: config.url ?? originOf(config.adminListen),
    named: config.url !== undefined,
    databaseNamed: config.databaseNamed,
    adminToken: token,
    adminTokenFrom: config.adminToken ? 'TRUNKLINE_ADMIN_TOKEN' : resolve(ADMIN_TOKEN_FILE),
    gatewayKey: config.gatewayKey,
    database: database.name,
    databaseContents: () => database.contents(),
    secretFiles: [...database.files, config.vaultKeyFile ?? VAULT_KEY_FILE, ADMIN_TOKEN_FILE],
  };
}
