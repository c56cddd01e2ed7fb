import { isAssertionKey } from '../authorization/client-assertion.ts';
import { faultOf } from '../authorization/redirect-uri.ts';
import type { Mistake } from './read.ts';
import type { Scenario } from './schema.ts';

/** What of an app's description has the right shape and could not be used: redirect URIs and keys. */
export function appMistakes({ redirectUris = [], publicKeys = [] }: NonNullable<Scenario['apps']>[number]): Mistake[] {
  return [
    ...redirectUris.flatMap((redirectUri, index) => {
      const fault = faultOf(redirectUri);
      return fault === undefined ? [] : [{ path: ['redirectUris', index], fault }];
    }),
    ...publicKeys.flatMap((key, index) => (isAssertionKey(key) ? [] : [{ path: ['publicKeys', index], fault: 'is no RSA public key in PEM' }])),
  ];
}
