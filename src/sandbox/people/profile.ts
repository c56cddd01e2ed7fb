import type { Owner, WeeklyRanges } from '../directory.ts';
import type { Presence } from '../presence/presence.ts';
import type { World } from '../world.ts';

/** What a user has chosen for itself, and what the directory does not need to know. */
export interface UserProfile {
  /** The extension's. */
  readonly id: string;
  readonly presence?: Presence;
  readonly callerId?: CallerId;
  /** Round the clock unless told. */
  readonly businessHours?: WeeklyRanges;
  readonly favorites?: readonly Favorite[];
  readonly image?: ProfileImage;
  readonly allowJoinBeforeHost?: boolean;
}

/** What others see when the user calls, by what it calls with. */
export interface CallerId {
  readonly byFeature: readonly { readonly feature: string; readonly callerId: { readonly type: string; readonly phoneNumber?: string } }[];
  readonly extensionNameForOutboundCalls: boolean;
  readonly extensionNumberForInternalCalls: boolean;
}

/** A contact, or an extension of the company, that the user wants at hand. */
export interface Favorite {
  readonly id: number;
  readonly contactId?: string;
  readonly extensionId?: string;
  readonly accountId?: string;
}

/** A picture; its bytes are a content of the journal. */
export interface ProfileImage {
  readonly contentType: string;
  readonly etag: string;
  readonly changedAt: number;
}

/** A user's profile; empty while nothing was chosen. */
export function profileOf(world: World, { extension }: Pick<Owner, 'extension'>): UserProfile {
  const id = String(extension.id);
  return world.profiles.find(id) ?? { id };
}

/** Changes what is named and leaves the rest; a field that is there and undefined is taken away. */
export function changeProfile(
  world: World,
  owner: Owner,
  change: { readonly [Field in keyof Omit<UserProfile, 'id'>]: UserProfile[Field] | undefined },
): UserProfile {
  const changed = { ...profileOf(world, owner), ...change };
  return world.profiles.put(Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined)) as unknown as UserProfile);
}
