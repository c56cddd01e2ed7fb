import type { PreparedCalibration } from './cli/ports.ts';
import { CommandFailed } from './cli/say.ts';
import type { Config } from './config/check.ts';
import type { Clock } from './runtime/clock.ts';
import type { Fetch } from './runtime/fetch.ts';
import { calibrate, calibrationMs } from './sandbox/calibrate/calibrate.ts';
import { NotAsked } from './sandbox/calibrate/statement.ts';
import { STATEMENTS } from './sandbox/calibrate/statements.ts';

interface CalibrationParts {
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** What is to be asked of the account that the environment names. @throws CommandFailed  it names none */
export function prepareCalibration({ app, sandboxProfile: profile }: Config, allowCharges: boolean, { fetch, clock }: CalibrationParts): PreparedCalibration {
  if (!app?.userJwt) throw new CommandFailed('No account is named; set RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET (unless the App is public) and RC_USER_JWT.');
  const { platformOrigin: origin, clientId, clientSecret, userJwt } = app;
  const access = { origin, clientId, jwt: userJwt.reveal(), ...(clientSecret && { clientSecret: clientSecret.reveal() }) };
  return {
    origin,
    statements: STATEMENTS.length,
    atLeastMs: calibrationMs(STATEMENTS, allowCharges),
    run: async (judged) => {
      try {
        return await calibrate({ access, fetch, clock, statements: STATEMENTS, profile, allowCharges, judged });
      } catch (error) {
        throw error instanceof NotAsked ? new CommandFailed(`The account cannot be asked: ${error.message}.`) : error;
      }
    },
  };
}
