import type { LoginAttempt, LoginOwner } from '../../access/legacy-logins.ts';
import { GatewayError } from '../../domain/errors.ts';
import type { Fax } from '../../domain/fax.ts';
import type { FaxSender } from '../../domain/outbox.ts';
import type { CountryCode } from '../../domain/phone-number.ts';
import type { PlatformRequest } from '../../ringcentral/calls/request.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { readLogin } from '../login.ts';
import { DIGIT, digitOf, digitOfError, type FaxDigit, FaxRefused } from './digit.ts';
import type { PieceFile } from './documents.ts';
import { FormFields } from './form-fields.ts';
import { readMultipart } from './multipart.ts';
import { readOrder } from './order.ts';
import { readUrlencoded } from './urlencoded.ts';

/** What the FaxOut API is handed. */
export interface FaxOutParts {
  readonly access: {
    /** @throws LoginUnknown, LoginsBusy */
    findLegacyLogin(login: LoginAttempt, address: string): Promise<LoginOwner>;
    /**
     * Asks the Client's Policy about one platform request.
     *
     * @throws PolicyForbids, ClientNotFound, Frozen
     */
    permit(client: string, connection: string, address: string, request: Pick<PlatformRequest, 'method' | 'path' | 'permission'>): Promise<void>;
  };
  readonly outbox: FaxSender;
  /** For documents that do not fit in memory. */
  readonly openFile: () => Promise<PieceFile>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** In whose way numbers without country code are read. */
  readonly country: CountryCode;
  /** Numbers that nothing is sent to, as `toDialable` spells them. */
  readonly refusedNumbers: readonly string[];
  /** How long the platform's verdict is waited for; 0: the answer is that the fax was accepted. */
  readonly waitMs: number;
  /** Whether a fax of which nothing is known by then is withdrawn: its sender is told that it failed. */
  readonly isSync: boolean;
}

/** A request to the old fax interface. */
export interface FaxOutRequest {
  /** Its Content-Type, if it has one. */
  readonly contentType: string;
  /** Throws where it is cut off, too slow, or cannot be parsed. */
  readonly body: AsyncIterable<Buffer>;
  /** The IP address that the Policy is asked about. */
  readonly address: string;
}

/** What it is answered. */
export interface FaxOutAnswer {
  readonly digit: FaxDigit;
  /** Of the fax that was accepted. */
  readonly id?: string;
}

/** `faxapi.asp`, without its transport. */
export interface FaxOutApi {
  /**
   * Takes on a fax. It never rejects, and need not have read the body to its end.
   *
   * The digit is 0 once the fax is durable, unless the platform has refused it in the time in which that is waited for.
   */
  answer(request: FaxOutRequest): Promise<FaxOutAnswer>;
}

// What every fax becomes.
const FAX_REQUEST = { method: 'POST', path: '/restapi/v1.0/account/~/extension/~/fax', permission: 'Faxes' } as const;

/** The fax interface on top of the Outbox. */
export function createFaxOutApi(parts: FaxOutParts): FaxOutApi {
  return {
    answer: async (request) => {
      const line: Record<string, unknown> = {};
      try {
        const answer = await carryOut(parts, request, line);
        parts.log.info('faxout', { ...line, outcome: answer.digit });
        return answer;
      } catch (error) {
        const digit = digitOfError(error);
        const isKnown = error instanceof FaxRefused || error instanceof GatewayError;
        parts.log[isKnown ? 'info' : 'error']('faxout', { ...line, outcome: digit, error: reasonOf(error) });
        return { digit };
      }
    },
  };
}

async function carryOut(parts: FaxOutParts, { contentType, body, address }: FaxOutRequest, line: Record<string, unknown>): Promise<FaxOutAnswer> {
  const { access, outbox, clock, country, refusedNumbers } = parts;
  const fields = new FormFields(parts.openFile);
  try {
    if (/^\s*multipart\//i.test(contentType)) await readMultipart(contentType, body, fields);
    else await readUrlencoded(body, fields);
    const { client, connection } = await access.findLegacyLogin(readLogin(fields.texts), address);
    Object.assign(line, { client, connection });
    await access.permit(client, connection, address, FAX_REQUEST);
    const order = readOrder(fields, fields.documents.list, { country, refusedNumbers, now: clock.now() });
    const { id, isRepeat } = await outbox.accept({
      client,
      connection,
      order,
      content: () => fields.documents.read(),
      contentHash: fields.documents.digest(),
    });
    Object.assign(line, { fax: id, recipients: order.recipients.length, ...(isRepeat && { isRepeat }) });
    // What is waited for now needs neither the file nor its room on the disk.
    await fields.documents.close();
    return { digit: await verdictOf(parts, id), id };
  } finally {
    await fields.documents.close();
  }
}

async function verdictOf({ outbox, waitMs, isSync }: FaxOutParts, id: string): Promise<FaxDigit> {
  try {
    const fax = await outbox.waitFor(id, (seen) => isDefinite(seen) || (isSync && seen.state === 'unclear'), waitMs);
    if (!isSync || (fax && isDefinite(fax))) return fax ? digitOf(fax) : DIGIT.accepted;
    const withdrawn = await outbox.withdraw(id);
    return withdrawn && isDefinite(withdrawn) ? digitOf(withdrawn) : DIGIT.other;
  } catch {
    // The database is away: the fax is in it, and is sent when it is back, unless it is to be withdrawn, which cannot be said now.
    return DIGIT.accepted;
  }
}

/** Whether it is certain that it is sent, or that it is not. */
function isDefinite({ state }: Pick<Fax, 'state'>): boolean {
  return state !== 'queued' && state !== 'sending' && state !== 'unclear';
}

function reasonOf(error: unknown): string {
  if (error instanceof FaxRefused) return error.message;
  if (error instanceof GatewayError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
