import type { App } from '../domain/app.ts';
import { AppNotFound, InvalidRequest, InvitationNotFound, PublicUrlMissing } from '../domain/errors.ts';
import { type Invitation, type InvitationDraft, type InvitationView, viewInvitation, WAYS } from '../domain/invitation.ts';
import type { Page, PageRequest } from '../domain/page.ts';
import type { Secret } from '../domain/secret.ts';
import type { ConnectParts } from './parts.ts';
import { hostedRedirectUri } from './redirect-uri.ts';
import { createId, createSecret, hashOf } from './secrets.ts';

const DAY_MS = 24 * 60 * 60_000;
const LASTING_MS = 7 * DAY_MS;
// For so long what is over can still be seen in the list.
const REMEMBERED_MS = 30 * DAY_MS;

/** Makes, lists and revokes invitations. */
export class Invitations {
  readonly #parts: ConnectParts;

  constructor(parts: ConnectParts) {
    this.#parts = parts;
  }

  /**
   * Makes a link with which one person connects the Connection, once. The Connection need not be there yet.
   *
   * @returns with the link, which nobody is told again
   * @throws AppNotFound, PublicUrlMissing, RedirectUriMissing
   * @throws InvalidRequest  `returnTo` is not on the App's list
   */
  async createInvitation(draft: InvitationDraft): Promise<InvitationView & { readonly url: string }> {
    const { store, random, clock, publicUrl } = this.#parts;
    const app = await store.findApp(draft.app);
    if (!app) throw new AppNotFound(draft.app, 'app');
    requireReturnTo(app, draft.returnTo);
    const ways = draft.ways ?? WAYS;
    if (publicUrl === undefined) throw new PublicUrlMissing();
    // A link whose consent page would end at the platform's own error page is not made.
    if (ways.includes('consent')) await hostedRedirectUri(app, publicUrl, store);
    const secret = createSecret(random);
    const now = clock.now();
    const invitation: Invitation = {
      id: createId(random),
      secretHash: hashOf(secret),
      connection: draft.connection,
      app: draft.app,
      labels: draft.labels ?? {},
      returnTo: draft.returnTo,
      ways,
      createdAt: now,
      expiresAt: now + (draft.expiresInSeconds === undefined ? LASTING_MS : draft.expiresInSeconds * 1_000),
      usedAt: undefined,
      usedBy: undefined,
    };
    await store.removeOver(now - REMEMBERED_MS);
    await store.createInvitation(invitation);
    return { ...viewInvitation(invitation, now), url: linkOf(publicUrl, secret) };
  }

  async listInvitations(page: PageRequest): Promise<Page<InvitationView>> {
    const now = this.#parts.clock.now();
    const { items, ...rest } = await this.#parts.store.listInvitations(page);
    return { items: items.map((invitation) => viewInvitation(invitation, now)), ...rest };
  }

  /** @throws InvitationNotFound */
  async getInvitation(id: string): Promise<InvitationView> {
    const invitation = await this.#parts.store.getInvitation(id);
    if (!invitation) throw new InvitationNotFound(id);
    return viewInvitation(invitation, this.#parts.clock.now());
  }

  /**
   * Its link is good for nothing from now on, nor is a sign-in that was begun with it; a Connection that has been connected
   * stays so.
   *
   * @throws InvitationNotFound
   */
  async revokeInvitation(id: string): Promise<void> {
    if (!(await this.#parts.store.removeInvitation(id))) throw new InvitationNotFound(id);
  }
}

/** The link of an invitation, for whoever has its secret. */
export function linkOf(publicUrl: string, secret: Secret): string {
  return `${publicUrl}/connect/${secret.reveal()}`;
}

/** Whether people may be led there from a page of ours: it is on the App's list, and leads to the web. */
export function mayReturnTo(app: App, returnTo: string): boolean {
  return app.returnTo.includes(returnTo) && URL.canParse(returnTo) && /^https?:$/.test(new URL(returnTo).protocol);
}

function requireReturnTo(app: App, returnTo: string | undefined): void {
  if (returnTo === undefined || mayReturnTo(app, returnTo)) return;
  throw new InvalidRequest([{ field: 'returnTo', message: `must be one of the returnTo addresses of App "${app.name}", exactly so` }]);
}
