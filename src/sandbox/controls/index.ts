import type { Control } from '../control.ts';
import { appControl } from './apps.ts';
import { clockControl } from './clock.ts';
import { eventsControl } from './events.ts';
import { faultsControl } from './faults.ts';
import { issueJwtControl, revokeJwtControl } from './jwt-credentials.ts';
import { lifetimesControl } from './lifetimes.ts';
import { limitsControl } from './limits.ts';
import { requestsControl } from './requests.ts';
import { resetControl } from './reset.ts';
import { stateControl } from './state.ts';
import { endSessionControl, userControl } from './users.ts';

export { clockControl, eventsControl, faultsControl, issueJwtControl, lifetimesControl, limitsControl, resetControl, revokeJwtControl };

/** Everything by which a test moves the sandbox. */
export const CONTROLS: readonly Control[] = [
  resetControl,
  clockControl,
  lifetimesControl,
  limitsControl,
  faultsControl,
  requestsControl,
  stateControl,
  issueJwtControl,
  revokeJwtControl,
  appControl,
  userControl,
  endSessionControl,
  eventsControl,
];
