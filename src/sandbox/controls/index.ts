import type { Control } from '../control.ts';
import { appControl } from './apps.ts';
import { callLogControl } from './call-log.ts';
import { clockControl } from './clock.ts';
import { createAppControl, createUserControl } from './create.ts';
import { eventsControl } from './events.ts';
import { clearFaultsControl, faultsControl, listFaultsControl } from './faults.ts';
import { issueJwtControl, revokeJwtControl } from './jwt-credentials.ts';
import { lifetimesControl } from './lifetimes.ts';
import { limitsControl } from './limits.ts';
import { appsControl, jwtCredentialsControl, sessionsControl, usersControl } from './lists.ts';
import { listMessagesControl, receiveMessageControl } from './messages.ts';
import { overviewControl } from './overview.ts';
import { requestsControl } from './requests.ts';
import { resetControl } from './reset.ts';
import { revealControl } from './reveal.ts';
import { stateControl } from './state.ts';
import { endSessionControl, userControl } from './users.ts';

export {
  clockControl,
  eventsControl,
  faultsControl,
  issueJwtControl,
  lifetimesControl,
  limitsControl,
  receiveMessageControl,
  resetControl,
  revealControl,
  revokeJwtControl,
};

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
  overviewControl,
  appsControl,
  usersControl,
  sessionsControl,
  jwtCredentialsControl,
  createAppControl,
  createUserControl,
  listFaultsControl,
  clearFaultsControl,
  revealControl,
  receiveMessageControl,
  listMessagesControl,
  callLogControl,
];
