import type { World } from '../world.ts';

/** One side of a call. */
export interface CallParty {
  /** E.164. */
  readonly phoneNumber?: string;
  readonly extensionNumber?: string;
  readonly name?: string;
}

/** What a detailed view tells of each part of a call, beside what the whole says. */
export interface CallLeg {
  /** RingCentral OpenAPI `CallLogRecordLegInfo`: `RingOutWebToCaller`. */
  readonly legType: string;
  readonly result: string;
  readonly startTime: number;
  readonly durationMs: number;
  readonly from: CallParty;
  readonly to: CallParty;
  readonly isMaster: boolean;
}

/** A call or a fax that is over, as it happens to one user. */
export interface NewCall {
  readonly type: 'Voice' | 'Fax';
  readonly direction: 'Inbound' | 'Outbound';
  /** RingCentral OpenAPI `CallLogRecord`: `RingOut Web`, `Phone Call`, `Outgoing Fax`. */
  readonly action: string;
  /** The same: `Call connected`, `Missed`, `Sent`. */
  readonly result: string;
  readonly transport?: 'PSTN' | 'VoIP';
  readonly from: CallParty;
  readonly to: CallParty;
  readonly startTime: number;
  readonly durationMs: number;
  /** The same for every record of one call; drawn unless told. */
  readonly sessionId?: string;
  readonly legs?: readonly CallLeg[];
  /** The fax or voicemail message that came of it. */
  readonly message?: { readonly id: string; readonly type: string };
  readonly recordingType?: 'Automatic' | 'OnDemand';
}

/** An entry of the call log. */
export interface CallRecord extends NewCall {
  readonly id: string;
  readonly sessionId: string;
  readonly accountId: number;
  /** The extension's id. */
  readonly ownerId: string;
  readonly changedAt: number;
  /** Counts the changes of the whole log, so that a later change has a higher one. */
  readonly revision: number;
  /** One that was deleted is kept: who synchronizes may ask to hear of it. */
  readonly isDeleted?: true;
}

/** Where a record is shown, and how much of it. */
export interface CallRecordView {
  /** Of the list: the extension's call log, or the account's. */
  readonly uri: string;
  readonly isDetailed: boolean;
}

/** A record as the platform shows it. */
export function renderCallRecord(world: World, record: CallRecord, { uri, isDetailed }: CallRecordView): object {
  const { id, legs, isDeleted, changedAt } = record;
  return {
    id,
    uri: `${uri}/${id}?view=${isDetailed ? 'Detailed' : 'Simple'}`,
    sessionId: record.sessionId,
    ...renderCall(world, record),
    ...(isDeleted && { deleted: true }),
    ...(isDetailed && legs && { legs: legs.map((leg) => renderLeg(world, record, leg)) }),
    lastModifiedTime: new Date(changedAt).toISOString(),
  };
}

function renderCall(world: World, call: CallRecord): object {
  const { sessionId, accountId, ownerId, type, direction, action, result, transport = 'PSTN', from, to, startTime, durationMs, message, recordingType } = call;
  // Its user may be deleted by now.
  const accountPlace = `${world.origin}/restapi/v1.0/account/${accountId}`;
  const extensionPlace = `${accountPlace}/extension/${ownerId}`;
  const recording = `${accountPlace}/recording/${sessionId}`;
  return {
    telephonySessionId: `s-${sessionId}`,
    extension: { id: Number(ownerId), uri: extensionPlace },
    startTime: new Date(startTime).toISOString(),
    duration: Math.floor(durationMs / 1_000),
    durationMs,
    type,
    direction,
    action,
    result,
    transport,
    from,
    to,
    ...(message && { message: { ...message, uri: `${extensionPlace}/message-store/${message.id}` } }),
    ...(recordingType && { recording: { id: sessionId, uri: recording, type: recordingType, contentUri: `${recording}/content` } }),
  };
}

function renderLeg(world: World, record: CallRecord, { legType, isMaster, ...leg }: CallLeg): object {
  return { ...renderCall(world, { ...record, ...leg }), legType, ...(isMaster && { master: true }) };
}
