import type { RingOutSession } from '../../domain/ring-out.ts';
import type { PlatformRequest } from '../../ringcentral/calls/request.ts';
import { cancelRingOutRequest } from '../../ringcentral/calls/ring-out.ts';
import type { RingOutParameters } from './parameters.ts';
import { readSessionId } from './session-id.ts';

/** Gives a call up that is still ringing. */
export const command = 'cancel';

/** @throws InvalidRequest  naming `sessionid` */
export function parse(parameters: RingOutParameters): { readonly sessionId: string } {
  return { sessionId: readSessionId(parameters) };
}

/** Asks the platform; only a session says which RingOut is meant. */
export function toRequest(session: Pick<RingOutSession, 'ringOutId'>): PlatformRequest {
  return cancelRingOutRequest(session.ringOutId);
}

/** `OK <id>`, whatever became of the call: the old service answered nothing else. */
export function render(sessionId: string): string {
  return `OK ${sessionId}`;
}
