import type { Insertable, Selectable } from 'kysely';
import type { AttemptSecrets, Invitation, InvitationStore, SignInAttempt } from '../domain/invitation.ts';
import type { PageRequest } from '../domain/page.ts';
import type { Place } from '../vault/sealed-box.ts';
import type { Vault } from '../vault/vault.ts';
import { missingApp } from './app.ts';
import type { StoreDialect } from './dialect.ts';
import { pageBy, rowsFor, startOf } from './page.ts';
import { withReferences } from './reference.ts';
import { deletesOne, updatesOne } from './rows.ts';
import type { Database, InvitationTable, SignInAttemptTable } from './schema.ts';
import { inTransaction } from './transaction.ts';

/** Invitations, and the sign-ins that were begun, in the database. */
export function invitationStore(db: Database, dialect: StoreDialect, vault: Vault): InvitationStore {
  return {
    createInvitation: (invitation) =>
      withReferences(
        dialect,
        () => insertInvitation(db, toRow(invitation)),
        () => missingApp(db, [invitation.app], 'app'),
      ),
    findInvitation: async (secretHash) => {
      const row = await db.selectFrom('invitations').selectAll().where('secret_hash', '=', secretHash).executeTakeFirst();
      return row && toInvitation(row);
    },
    getInvitation: async (id) => {
      const row = await db.selectFrom('invitations').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toInvitation(row);
    },
    listInvitations: async (page) => pageBy(({ id }) => id, (await selectInvitations(db, page)).map(toInvitation), page),
    removeInvitation: (id) => deleteInvitation(db, id),
    countTry: (id, most, now) => countTry(db, id, most, now),
    claimInvitation: (id, now) => claim(db, id, now),
    settleInvitation: (id, browserHash) => settle(db, id, browserHash),
    releaseInvitation: (id) => release(db, id),
    createAttempt: (attempt, secrets) =>
      withReferences(
        dialect,
        () => insertAttempt(db, toAttemptRow(attempt, secrets, vault)),
        () => missingApp(db, [attempt.app], 'app'),
      ),
    findAttempt: async (stateHash) => {
      const row = await db.selectFrom('sign_in_attempts').selectAll().where('state_hash', '=', stateHash).executeTakeFirst();
      return row && toAttempt(row);
    },
    takeAttempt: async (stateHash, now) => {
      const row = await inTransaction(db, dialect, (transaction) => takeAttempt(transaction, dialect, stateHash, now));
      return row && toSecrets(row, vault);
    },
    removeAttemptsOver: (time) => deleteAttempts(db, time),
    removeOver: async (time) => {
      await deleteAttempts(db, time);
      await db.deleteFrom('invitations').where('expires_at', '<', time).execute();
    },
  };
}

async function insertInvitation(db: Database, row: InvitationTable): Promise<void> {
  await db.insertInto('invitations').values(row).execute();
}

function selectInvitations(db: Database, page: PageRequest): Promise<Selectable<InvitationTable>[]> {
  return db.selectFrom('invitations').selectAll().where('id', '>', startOf(page)).orderBy('id').limit(rowsFor(page)).execute();
}

function deleteInvitation(db: Database, id: string): Promise<boolean> {
  return deletesOne(db.deleteFrom('invitations').where('id', '=', id));
}

function countTry(db: Database, id: string, most: number, now: number): Promise<boolean> {
  return updatesOne(
    db
      .updateTable('invitations')
      .set((row) => ({ tries: row('tries', '+', 1) }))
      .where('id', '=', id)
      .where('tries', '<', most)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now),
  );
}

// One statement, so that of two who come at once one gets it.
function claim(db: Database, id: string, now: number): Promise<boolean> {
  return updatesOne(db.updateTable('invitations').set({ used_at: now }).where('id', '=', id).where('used_at', 'is', null).where('expires_at', '>', now));
}

async function settle(db: Database, id: string, browserHash: string): Promise<void> {
  await db.updateTable('invitations').set({ used_by: browserHash }).where('id', '=', id).execute();
}

async function release(db: Database, id: string): Promise<void> {
  await db.updateTable('invitations').set({ used_at: null }).where('id', '=', id).where('used_by', 'is', null).execute();
}

async function insertAttempt(db: Database, row: Insertable<SignInAttemptTable>): Promise<void> {
  await db.insertInto('sign_in_attempts').values(row).execute();
}

// Held first, so that of two who come at once one gets the verifier.
async function takeAttempt(db: Database, dialect: StoreDialect, stateHash: string, now: number): Promise<Selectable<SignInAttemptTable> | undefined> {
  const unused = db.selectFrom('sign_in_attempts').selectAll().where('state_hash', '=', stateHash).where('used_at', 'is', null);
  const row = await dialect.held(unused).executeTakeFirst();
  if (!row) return undefined;
  await db.updateTable('sign_in_attempts').set({ used_at: now, verifier: null, link: null, wish: null }).where('state_hash', '=', stateHash).execute();
  return row;
}

async function deleteAttempts(db: Database, time: number): Promise<void> {
  await db.deleteFrom('sign_in_attempts').where('expires_at', '<', time).execute();
}

function toRow(invitation: Invitation): InvitationTable {
  return {
    id: invitation.id,
    secret_hash: invitation.secretHash,
    connection: invitation.connection,
    app: invitation.app,
    labels: JSON.stringify(invitation.labels),
    return_to: invitation.returnTo ?? null,
    ways: JSON.stringify(invitation.ways),
    tries: 0,
    created_at: invitation.createdAt,
    expires_at: invitation.expiresAt,
    used_at: invitation.usedAt ?? null,
    used_by: invitation.usedBy ?? null,
  };
}

function toInvitation(row: Selectable<InvitationTable>): Invitation {
  return {
    id: row.id,
    secretHash: row.secret_hash,
    connection: row.connection,
    app: row.app,
    labels: JSON.parse(row.labels),
    returnTo: row.return_to ?? undefined,
    ways: JSON.parse(row.ways),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at ?? undefined,
    usedBy: row.used_by ?? undefined,
  };
}

function toAttemptRow(attempt: SignInAttempt, { verifier, link, wish }: AttemptSecrets, vault: Vault): Insertable<SignInAttemptTable> {
  return {
    state_hash: attempt.stateHash,
    invitation: attempt.invitation ?? null,
    connection: attempt.connection,
    app: attempt.app,
    labels: JSON.stringify(attempt.labels),
    browser_hash: attempt.browserHash ?? null,
    redirect_uri: attempt.redirectUri,
    issuer: attempt.issuer ?? null,
    verifier: vault.seal(secretPlace('verifier', attempt.stateHash), verifier),
    link: link ? vault.seal(secretPlace('link', attempt.stateHash), link) : null,
    wish: wish ? vault.seal(secretPlace('wish', attempt.stateHash), wish) : null,
    expires_at: attempt.expiresAt,
    used_at: attempt.usedAt ?? null,
  };
}

function toAttempt(row: Selectable<SignInAttemptTable>): SignInAttempt {
  return {
    stateHash: row.state_hash,
    invitation: row.invitation ?? undefined,
    connection: row.connection,
    app: row.app,
    labels: JSON.parse(row.labels),
    browserHash: row.browser_hash ?? undefined,
    redirectUri: row.redirect_uri,
    issuer: row.issuer ?? undefined,
    expiresAt: row.expires_at,
    usedAt: row.used_at ?? undefined,
  };
}

function toSecrets({ state_hash, verifier, link, wish }: Selectable<SignInAttemptTable>, vault: Vault): AttemptSecrets | undefined {
  if (!verifier) return undefined;
  return {
    verifier: vault.open(secretPlace('verifier', state_hash), verifier),
    link: link ? vault.open(secretPlace('link', state_hash), link) : undefined,
    ...(wish && { wish: vault.open(secretPlace('wish', state_hash), wish) }),
  };
}

function secretPlace(column: 'verifier' | 'link' | 'wish', stateHash: string): Place {
  return { table: 'sign_in_attempts', column, row: [stateHash] };
}
