import type { Operation } from '../wire/operation.ts';
import { getExternalEntryPoints, getInitialEntryPoints } from './entry-points.ts';
import { getJwks, getOpenIdConfiguration, getUserInfo } from './metadata.ts';
import { createWebSocketToken } from './websocket-token.ts';

/** What is asked about signing in, and by those who have. */
export const AUTHORIZATION_OPERATIONS: readonly Operation[] = [
  getOpenIdConfiguration,
  getJwks,
  getUserInfo,
  createWebSocketToken,
  getInitialEntryPoints,
  getExternalEntryPoints,
];
