import type { ErrorCode } from '../../domain/error-catalogue.ts';
import { GatewayError } from '../../domain/errors.ts';
import type { Fax } from '../../domain/fax.ts';

/** What the old fax interface answers: one digit, and nothing else. */
export type FaxDigit = '0' | '1' | '2' | '3' | '4' | '5';

export const DIGIT = {
  accepted: '0',
  login: '1',
  prohibited: '2',
  noRecipients: '3',
  noDocuments: '4',
  other: '5',
} as const satisfies Readonly<Record<string, FaxDigit>>;

/** The request is not a fax that can be sent; the digit says why, as far as a digit can. */
export class FaxRefused extends Error {
  readonly digit: FaxDigit;

  /** @param reason  for the log: one of ours, never a text of the caller */
  constructor(reason: string, digit: FaxDigit = DIGIT.other) {
    super(reason);
    this.digit = digit;
  }
}

const BY_CODE: ReadonlyMap<ErrorCode, FaxDigit> = new Map<ErrorCode, FaxDigit>([
  ['login_unknown', DIGIT.login],
  ['client_not_found', DIGIT.login],
  ['policy_forbids', DIGIT.prohibited],
  ['frozen', DIGIT.prohibited],
]);

// RingCentral "API error codes": faxing is off for the account or the extension; a Permission or a feature is missing; an empty
// attachment; and what the platform has against a login.
const BY_PLATFORM_CODE: ReadonlyMap<string, FaxDigit> = new Map<string, FaxDigit>([
  ...['MSG-340', 'MSG-341', 'CMN-109', 'CMN-401', 'CMN-403', 'CMN-408', 'CMN-419', 'InsufficientPermissions'].map((code) => [code, DIGIT.prohibited] as const),
  ['MSG-347', DIGIT.noDocuments],
  ...['OAU-128', 'OAU-129', 'OAU-136', 'OAU-140', 'OAU-141', 'OAU-142', 'OAU-147', 'OAU-149', 'OAU-168', 'OAU-213', 'HTTP 401'].map(
    (code) => [code, DIGIT.login] as const,
  ),
]);

/** The digit of a fax as it stands: 0 unless it is certain that it will not be sent. */
export function digitOf({ state, code }: Pick<Fax, 'state' | 'code'>): FaxDigit {
  if (state === 'withdrawn') return DIGIT.other;
  if (state !== 'failed') return DIGIT.accepted;
  return BY_PLATFORM_CODE.get(code ?? '') ?? DIGIT.other;
}

/** The digit of an error; whatever is not known is a generic one. */
export function digitOfError(error: unknown): FaxDigit {
  if (error instanceof FaxRefused) return error.digit;
  return (error instanceof GatewayError && BY_CODE.get(error.code)) || DIGIT.other;
}
