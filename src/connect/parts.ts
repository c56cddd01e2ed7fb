import type { adoptGrant, adoptGrantOfOwner } from '../broker/adopt.ts';
import type { AppStore } from '../domain/app.ts';
import type { AuditTrail } from '../domain/audit.ts';
import type { ConnectionStore } from '../domain/connection.ts';
import type { GrantStore } from '../domain/grant.ts';
import type { InvitationStore } from '../domain/invitation.ts';
import type { ProgramSignIns } from '../domain/program-sign-ins.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Fetch } from '../runtime/fetch.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';

/** What people who connect themselves are served with. */
export interface ConnectParts {
  readonly store: InvitationStore &
    Pick<AppStore, 'findApp' | 'listApps'> &
    Pick<ConnectionStore, 'findConnection' | 'createConnection'> &
    Pick<GrantStore, 'listGrantOutlines'>;
  /** Wins a Grant for a Connection with what a person brings. */
  readonly adopt: (adoption: Parameters<typeof adoptGrant>[1], proof: Parameters<typeof adoptGrant>[2]) => ReturnType<typeof adoptGrant>;
  /** The same for whoever the tokens say, whom a program has sent. */
  readonly adoptOfOwner: (
    adoption: Parameters<typeof adoptGrantOfOwner>[1],
    send: Parameters<typeof adoptGrantOfOwner>[2],
  ) => ReturnType<typeof adoptGrantOfOwner>;
  readonly programs: ProgramSignIns;
  readonly trail: AuditTrail;
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: Fetch;
  readonly log: Log;
  /** The origin under which people reach this gateway; nothing where it is not known. */
  readonly publicUrl: string | undefined;
}

/** Who asks, for the audit trail. */
export interface Visitor {
  readonly who: string;
  readonly address: string;
  readonly requestId: string;
}
