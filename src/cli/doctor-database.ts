import type { AuditState } from '../domain/audit.ts';
import { GatewayError } from '../domain/errors.ts';
import { offsetFindings } from './doctor-clock.ts';
import type { Finding, Say } from './finding.ts';
import type { CliParts, OpenGateway, Whereabouts } from './ports.ts';
import { failureLine } from './say.ts';

/**
 * Opens the database, with the vault.
 *
 * @param say  is told why, where that cannot be done
 * @returns nothing then
 */
export async function openDatabase<Config>(
  parts: CliParts<Config>,
  config: Config,
  { database, databaseContents }: Whereabouts,
  say: Say,
): Promise<OpenGateway | undefined> {
  const contents = await databaseContents();
  if (contents === 'absent' || contents === 'nothing') {
    const what = contents === 'nothing' ? `${database} is empty` : `there is no ${database}`;
    say([{ name: 'database', level: 'fail', message: `${what}; \`npm start\` or \`trunkline serve\` makes the database` }]);
    return undefined;
  }
  try {
    return await parts.openGateway(config);
  } catch (error) {
    // The vault is opened with what the database holds: a fault of the vault means that the database could be read.
    const vault = error instanceof GatewayError && (error.code.startsWith('vault_') || error.code === 'sealed_value_unreadable');
    const message = failureLine(error);
    say(
      vault
        ? [
            { name: 'database', level: 'ok', message: `${database} can be read` },
            { name: 'vault', level: 'fail', message },
          ]
        : [{ name: 'database', level: 'fail', message }],
    );
    return undefined;
  }
}

/** What is found of a database that is open. */
export async function lookAtDatabase(gateway: OpenGateway, { database }: Whereabouts): Promise<Finding[]> {
  const opened: Finding = { name: 'vault', level: 'ok', message: 'the key opens the database' };
  try {
    await gateway.checkWritable();
    return [{ name: 'database', level: 'ok', message: `${database} can be read and written` }, opened, ...offsetFindings(gateway.clockOffsetMs(), database)];
  } catch (error) {
    return [{ name: 'database', level: 'fail', message: failureLine(error) }, opened];
  }
}

/** Whether the audit trail is whole from its anchor on. */
export function auditFinding({ anchor, newest, missing }: AuditState): Finding {
  const name = 'audit';
  if (missing) {
    const { first, last } = missing;
    const which = first === last ? `line ${first} is` : `lines ${first} to ${last} are`;
    return {
      name,
      level: 'fail',
      message: `${which} missing; Trunkline itself removes lines from the oldest end only: compare with a copy, and look who may write the database`,
    };
  }
  return { name, level: 'ok', message: newest === undefined ? 'there is no line yet' : `lines ${anchor} to ${newest} are there` };
}
