import type { Control } from '../control.ts';
import { callLogControl } from './call-log.ts';
import { clockControl } from './clock.ts';
import { faultsControl } from './faults.ts';
import { issueJwtControl, revokeJwtControl } from './jwt-credentials.ts';
import { lifetimesControl } from './lifetimes.ts';
import { limitsControl } from './limits.ts';
import { requestsControl } from './requests.ts';
import { resetControl } from './reset.ts';
import { stateControl } from './state.ts';

export { clockControl, faultsControl, issueJwtControl, lifetimesControl, limitsControl, resetControl, revokeJwtControl };

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
  callLogControl,
];
