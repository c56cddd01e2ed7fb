import { showConsent, submitConsent } from '../pages/consent.ts';
import { showLogin, submitLogin } from '../pages/login.ts';
import { showLogout, submitLogout } from '../pages/logout.ts';
import type { Endpoint } from '../wire/endpoint.ts';
import { authorizeByForm, authorizeByLink } from './authorize-endpoint.ts';
import { answerRevoke, answerToken, REVOKE_PATH, TOKEN_PATH } from './token-endpoint.ts';

/** Everything by which somebody signs in or out. */
export const AUTHORIZATION_ENDPOINTS: readonly Endpoint[] = [
  authorizeByLink,
  authorizeByForm,
  showLogin,
  submitLogin,
  showConsent,
  submitConsent,
  showLogout,
  submitLogout,
  { method: 'POST', path: TOKEN_PATH, answer: answerToken },
  { method: 'POST', path: REVOKE_PATH, answer: answerRevoke },
];
