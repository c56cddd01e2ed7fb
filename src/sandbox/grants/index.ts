import type { Grant } from '../authorization/grant.ts';
import * as authorizationCode from './authorization-code.ts';
import * as clientCredentials from './client-credentials.ts';
import * as jwtBearer from './jwt-bearer.ts';
import * as password from './password.ts';
import * as refreshToken from './refresh-token.ts';

const ALL: readonly Grant[] = [authorizationCode, clientCredentials, jwtBearer, password, refreshToken];

/** The grants that there are, by their `grant_type`. */
export const GRANTS: ReadonlyMap<string, Grant> = new Map(ALL.map((grant) => [grant.grantType, grant]));
