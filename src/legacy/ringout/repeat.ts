import { createHash } from 'node:crypto';
import type { LoginOwner } from '../../access/legacy-logins.ts';

/** What a `call` asks for, its numbers as `toDialable` spells them. */
export interface Wish {
  readonly to: string;
  /** As the program gave it: absent for the extension's first number. */
  readonly from: string | undefined;
  readonly callerId: string | undefined;
  readonly playPrompt: boolean;
}

/** Equal for calls that are the same call asked for twice: one Client on one Connection, with the same wish. */
export function repeatKey({ client, connection }: LoginOwner, { to, from, callerId, playPrompt }: Wish): string {
  const wish = [client, connection, to, from ?? null, callerId ?? null, playPrompt];
  return createHash('sha256').update(JSON.stringify(wish)).digest('base64url');
}
