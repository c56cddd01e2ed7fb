import { isDeepStrictEqual } from 'node:util';
import type { Profile } from '../profile.ts';
import { pacedMs } from './pacer.ts';
import { RealAccount, type RealAccountParts } from './real-account.ts';
import { NotAsked, type Statement } from './statement.ts';

/** What became of a statement. */
export interface Judgement {
  readonly name: string;
  readonly asks: string;
  readonly outcome: 'agrees' | 'differs' | 'not asked';
  /** What the sandbox claims, with its source and that source's date. */
  readonly expected: unknown;
  readonly source: string;
  readonly date: string;
  readonly observed?: unknown;
  /** Why it could not be asked. */
  readonly why?: string;
}

/** What is to be asked, and how. */
export interface Calibration extends RealAccountParts {
  readonly statements: readonly Statement[];
  readonly profile: Profile;
  readonly allowCharges: boolean;
  /** Is told of each as soon as it is judged. */
  readonly judged?: (judgement: Judgement) => void;
}

/** All judgements, and the sessions that could not be ended again. */
export interface CalibrationResult {
  readonly judgements: readonly Judgement[];
  readonly sessionsLeft: number;
}

/**
 * Asks a real account each statement that the sandbox makes of the platform.
 *
 * It keeps within the platform's limits, which is most of the time it takes, ends the sessions that it begins, and tells
 * no token and no secret.
 *
 * @throws NotAsked  the account cannot be signed in to at all
 */
export async function calibrate({ statements, profile, allowCharges, judged, ...parts }: Calibration): Promise<CalibrationResult> {
  const account = new RealAccount(parts);
  // At once, because each statement would find the same and spend a token request on it.
  await account.reading();
  const judgements: Judgement[] = [];
  for (const statement of statements) {
    const judgement = statement.charges && !allowCharges ? notAsked(statement, profile, CHARGES) : await judge(account, statement, profile);
    judgements.push(judgement);
    judged?.(judgement);
  }
  return { judgements, sessionsLeft: await account.tidy({ all: true }) };
}

/** How long a calibration takes at least: what the limit of token requests makes it wait. */
export function calibrationMs(statements: readonly Statement[], allowCharges: boolean): number {
  const asked = statements.filter(({ charges }) => allowCharges || !charges);
  // Before and after, the session with which everything is read that changes none.
  return pacedMs([1, ...asked.map(({ tokenRequests }) => tokenRequests), 1]);
}

const CHARGES = 'it costs money; --allow-charges asks it';

async function judge(account: RealAccount, statement: Statement, profile: Profile): Promise<Judgement> {
  try {
    // What is asked within seconds must not be torn apart by the limit.
    await account.pacer.makeRoom('Auth', statement.tokenRequests);
    const observed: unknown = JSON.parse(account.redact(JSON.stringify(await statement.observe(account)) ?? 'null'));
    await account.tidy();
    const { name, asks, expected, source, date } = statement;
    const outcome = isDeepStrictEqual(observed, expected[profile]) ? 'agrees' : 'differs';
    return { name, asks, outcome, expected: expected[profile], source, date, observed };
  } catch (error) {
    await account.tidy();
    if (error instanceof NotAsked) return notAsked(statement, profile, account.redact(error.message));
    throw error;
  }
}

function notAsked({ name, asks, expected, source, date }: Statement, profile: Profile, why: string): Judgement {
  return { name, asks, outcome: 'not asked', expected: expected[profile], source, date, why };
}
