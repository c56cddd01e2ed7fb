import type { Generated, Kysely } from 'kysely';
import type { FreezeKind } from '../domain/freeze.ts';

/**
 * The tables as Kysely sees them. Epoch milliseconds are whole numbers, lists and objects are JSON text, sealed values
 * are bytes.
 */
export interface Schema {
  readonly data_keys: DataKeyTable;
  readonly apps: AppTable;
  readonly client_secrets: ClientSecretTable;
  readonly connections: ConnectionTable;
  readonly credentials: CredentialTable;
  readonly grants: GrantTable;
  readonly leases: LeaseTable;
  readonly clients: ClientTable;
  readonly client_connections: ClientConnectionTable;
  readonly client_keys: ClientKeyTable;
  readonly legacy_logins: LegacyLoginTable;
  readonly ring_cx_grants: RingCxGrantTable;
  readonly ring_cx_leases: RingCxLeaseTable;
  readonly ring_cx_penalties: RingCxPenaltyTable;
  readonly ring_out_sessions: RingOutSessionTable;
  readonly ring_out_claims: RingOutClaimTable;
  readonly limit_nodes: LimitNodeTable;
  readonly limit_slices: LimitSliceTable;
  readonly limit_penalties: LimitPenaltyTable;
  readonly idempotency_keys: IdempotencyKeyTable;
  readonly bridge_sessions: BridgeSessionTable;
  readonly bridge_codes: BridgeCodeTable;
  readonly budgets: BudgetTable;
  readonly token_wants: TokenWantTable;
  readonly freezes: FreezeTable;
  readonly revocations: RevocationTable;
  readonly invitations: InvitationTable;
  readonly sign_in_attempts: SignInAttemptTable;
  readonly faxes: FaxTable;
  readonly fax_contents: FaxContentTable;
  readonly fax_events: FaxEventTable;
  readonly fax_turns: FaxTurnTable;
  readonly fax_notices: FaxNoticeTable;
  readonly audit: AuditTable;
  readonly audit_anchor: AuditAnchorTable;
}

/** A database with these tables; a transaction is one too. */
export type Database = Kysely<Schema>;

/** The data keys, each wrapped by the vault key. */
interface DataKeyTable {
  id: number;
  wrapped: Uint8Array;
  created_at: number;
}

/** Apps, each with its first client secret. */
export interface AppTable {
  name: string;
  platform_origin: string;
  media_origin: string;
  ringcx_origin: string;
  client_id: string;
  /** Sealed. */
  client_secret: Uint8Array | null;
  /** JSON: an array of strings. */
  redirect_uris: string;
  /** JSON: an array of strings. */
  return_to: string;
  created_at: number;
  /** Null: as the platform sets it. */
  access_token_ttl_ms: number | null;
  refresh_token_ttl_ms: number | null;
  endpoint_id: string | null;
  token_requests_per_minute: number | null;
  /** How many client secrets it has had. */
  secrets_made: Generated<number>;
  /** The number of the one that is presented first; 1 is the one that stands in this row. */
  secret_in_use: Generated<number>;
}

/** The client secrets of Apps, from the second on. */
export interface ClientSecretTable {
  app: string;
  /** From 2. */
  number: number;
  /** Sealed. */
  secret: Uint8Array;
  created_at: number;
}

/** Connections, and by when what they have is to be kept alive. */
export interface ConnectionTable {
  id: string;
  name: string;
  app: string;
  /** JSON: an object of strings. */
  labels: string;
  keep: 'alive' | 'fresh';
  owner_id: string | null;
  sign_in_needed_at: number | null;
  sign_in_needed_code: string | null;
  created_at: number;
  /** Null: nothing dies of itself, or nothing can be kept. */
  keep_by: Generated<number | null>;
  /** Null: nobody wants a token ready at any time. */
  fresh_at: Generated<number | null>;
  /** Whose budget keeping it takes. */
  budget_app: Generated<string | null>;
  /** When a caller last made it Refresh; 0: never. */
  used_at: Generated<number>;
  /** Set while the budget does not reach to keep it. */
  given_up_at: Generated<number | null>;
}

/** The credentials of Connections, in the order in which they are tried. */
export interface CredentialTable {
  connection: string;
  position: number;
  kind: 'jwt' | 'password' | 'refresh_token' | 'client_credentials';
  /** Null: the Connection's own App. */
  app: string | null;
  /** JSON: what belongs to the kind and is not secret. */
  details: string;
  /** Sealed: the assertion, the password or the refresh token; empty where the kind has none. */
  secret: Uint8Array;
  refused_at: number | null;
  refused_code: string | null;
  /** SHA-256 of a JWT, hex; null for the other kinds, and for one that was stored before that was noted. */
  assertion_hash: string | null;
}

/** The Grant of each Connection that has one. */
export interface GrantTable {
  connection: string;
  app: string;
  generation: number;
  /** Sealed. */
  access_token: Uint8Array;
  issued_at: number;
  expires_at: number;
  /** Sealed. */
  refresh_token: Uint8Array | null;
  refresh_expires_at: number | null;
  owner_id: string | null;
  scope: string;
  endpoint_id: string | null;
  session_id: string | null;
  refresh_refused_at: number | null;
  refresh_refused_code: string | null;
}

/** The tokens of RingCX of each Connection that has some. */
export interface RingCxGrantTable {
  connection: string;
  generation: number;
  app: string;
  origin: string;
  /** Of the Grant that it was exchanged for. */
  grant_generation: number;
  /** Sealed. */
  access_token: Uint8Array;
  /** Sealed. */
  refresh_token: Uint8Array | null;
  issued_at: number;
  expires_at: number;
  main_account_id: string | null;
  admin_id: string | null;
  /** JSON: an array of RingCxAgent. */
  agent_details: string;
}

/** Who may ask RingCX for a Connection; a Lease that was given back is gone. */
interface RingCxLeaseTable {
  connection: string;
  holder: string;
  expires_at: number;
}

/** Until when nothing of a kind is sent to RingCX for an App. */
export interface RingCxPenaltyTable {
  app: string;
  origin: string;
  request: 'exchange' | 'refresh';
  until: number;
}

/** Who may win the next token pair of a Connection. */
interface LeaseTable {
  connection: string;
  holder: string;
  /** 0: given back. */
  expires_at: number;
  generation: number;
  first_attempt_at: number;
  /** How many attempts in a row came to nothing. */
  failures: Generated<number>;
  /** Until then it is left alone. */
  retry_at: Generated<number>;
  retry_code: Generated<string | null>;
}

/** What each App may send of token requests, and what of it is taken. */
export interface BudgetTable {
  app: string;
  /** Token requests in a window; null: no limit. */
  slot_limit: number | null;
  window_ms: number;
  /** JSON: when each of the last ones was taken. */
  slots: string;
  paused_until: number;
  paused_code: string | null;
  paused_word: string | null;
  /** How many requests in a row had no clear answer. */
  failures: number;
  /** The turn of the caller who was served last. */
  turn: number;
  /** How many slots in a row went to keeping alive while callers waited; below 0: to callers while there was something to keep alive. */
  streak: number;
  /** Slots that callers took, those of long ago counting less. */
  caller_load: number;
  caller_load_at: number;
}

/** Emergency stops. */
export interface FreezeTable {
  kind: FreezeKind;
  name: string;
  /** The name again, where it is a Connection's, a Client's or an App's: the freeze goes when that goes. */
  connection: string | null;
  client: string | null;
  app: string | null;
  at: number;
  by_whom: string;
  reason: string | null;
}

/** Sessions that are to be ended at the platform. */
export interface RevocationTable {
  id: string;
  app: string;
  platform_origin: string;
  client_id: string;
  /** Sealed. */
  client_secret: Uint8Array | null;
  connection: string;
  /** Sealed. */
  token: Uint8Array;
  hint: 'refresh_token' | 'access_token';
  dies_at: number;
  attempts: number;
  /** Nobody sends it before; whoever sends it now has set this to when another may. */
  not_before: number;
}

/** The queue of the Connections whose callers wait for a slot. */
export interface TokenWantTable {
  connection: string;
  app: string;
  client: string;
  /** The one that is to be replaced; 0 where there was no Grant. */
  generation: number;
  turn: number;
  /** When whoever waits was told to come back. */
  wanted_at: number;
}

/** Clients, each with its first gateway key. */
export interface ClientTable {
  name: string;
  /** JSON: a Policy. */
  policy: string | null;
  /** Of its first key; empty where that was removed. */
  key_hash: string;
  created_at: number;
  /** JSON: ClientLimits. */
  limits: string | null;
  /** How many keys it has had. */
  keys_made: Generated<number>;
  /** Of its first key. */
  key_expires_at: number | null;
  /** 0 or 1. */
  rewrite_links: Generated<number>;
  /** With which it signs in through the Bridge; null: with that of an App. */
  bridge_client_id: Generated<string | null>;
  /** Argon2id, in PHC form; null: it has no secret. */
  bridge_secret_hash: Generated<string | null>;
  /** JSON: an array of strings; null where nothing was said of the Bridge. */
  bridge_redirect_uris: Generated<string | null>;
  /** JSON: an array of strings; null where there are none. */
  bridge_origins: Generated<string | null>;
}

/** The gateway keys of Clients, from the second on. */
export interface ClientKeyTable {
  client: string;
  number: number;
  key_hash: string;
  created_at: number;
  expires_at: number | null;
}

/** Authorization codes of the Bridge. */
export interface BridgeCodeTable {
  /** SHA-256, hex. */
  hash: string;
  client: string;
  connection: string;
  client_id: string;
  redirect_uri: string;
  /** 0 or 1. */
  redirect_uri_named: number;
  /** SHA-256 of the verifier, base64url; null: none is wanted. */
  challenge: string | null;
  expires_at: number;
  presented_at: number | null;
  session: string | null;
}

/** The sessions of programs that signed in through the Bridge. */
export interface BridgeSessionTable {
  id: string;
  client: string;
  connection: string;
  client_id: string;
  endpoint_id: string;
  generation: number;
  /** Of the present pair: SHA-256, hex. */
  access_hash: string;
  access_expires_at: number;
  refresh_hash: string | null;
  refresh_expires_at: number | null;
  issued_at: number;
  used_at: number | null;
  /** Of the pair before. */
  previous_access_hash: string | null;
  previous_refresh_hash: string | null;
  previous_refresh_expires_at: number | null;
  /** Sealed. */
  seed: Uint8Array | null;
  started_at: number;
  revoked_at: number | null;
  /** From when on nothing of it is good. */
  over_at: number;
  /** The session that it was exchanged for. */
  of_session: Generated<string | null>;
  /** The gateway key of its Client that it was exchanged for. */
  of_key: Generated<string | null>;
}

/** Which Connections a Client may use; the first is the one it gets when it names none. */
export interface ClientConnectionTable {
  client: string;
  position: number;
  connection: string;
}

/** What old programs sign in with. */
export interface LegacyLoginTable {
  client: string;
  position: number;
  username: string;
  extension: string;
  password_hash: string | null;
  connection: string;
  /** The client id of its Client's own; empty where it has none. */
  program: string;
}

/** The calls that old programs may ask about. */
export interface RingOutSessionTable {
  session_id: number;
  client: string;
  connection: string;
  ring_out_id: string;
  to_number: string;
  from_number: string;
  created_at: number;
  expires_at: number;
  /** Null: a call like it is another call. */
  repeat_key: string | null;
}

/** Links with which people connect themselves. */
export interface InvitationTable {
  id: string;
  secret_hash: string;
  connection: string;
  app: string;
  /** JSON: an object of strings. */
  labels: string;
  return_to: string | null;
  /** JSON: an array of ways. */
  ways: string;
  /** How often somebody has tried to connect with it. */
  tries: number;
  created_at: number;
  expires_at: number;
  used_at: number | null;
  used_by: string | null;
}

/** Sign-ins that were begun, until their answer comes. */
export interface SignInAttemptTable {
  state_hash: string;
  /** Null: the command line has begun it. */
  invitation: string | null;
  connection: string;
  app: string;
  /** JSON: an object of strings. */
  labels: string;
  browser_hash: string | null;
  redirect_uri: string;
  issuer: string | null;
  /** Sealed; null once it was taken. */
  verifier: Uint8Array | null;
  /** Sealed; null once it was taken. */
  link: Uint8Array | null;
  /** Sealed; null: no program waits for it. */
  wish: Generated<Uint8Array | null>;
  expires_at: number;
  used_at: number | null;
}

/** The number of the first line that must be there. */
interface AuditAnchorTable {
  /** Always 1: there is one row. */
  id: number;
  first_seq: number;
}

/** Who may place a call, of all who ask for the same one at once. */
export interface RingOutClaimTable {
  repeat_key: string;
  holder: string;
  expires_at: number;
  /** 0 or 1. */
  unclear: number;
}

/** The nodes that share the limits. */
interface LimitNodeTable {
  node: string;
  counts_until: number;
}

/** What nodes have taken of the shared half of the platform's limits. */
export interface LimitSliceTable {
  app: string;
  connection: string;
  usage_group: string;
  /** JSON: an array of `{tokens, until}`. */
  slices: string;
  counts_until: number;
}

/** Until when nothing of a limit leaves. */
export interface LimitPenaltyTable {
  app: string;
  connection: string;
  usage_group: string;
  until: number;
}

/** Idempotency keys that are in use. */
export interface IdempotencyKeyTable {
  client: string;
  key_hash: string;
  fingerprint: string;
  holder: string;
  /** `running`, `unclear` or `done`. */
  state: string;
  running_until: number;
  /** Sealed. */
  result: Uint8Array | null;
  expires_at: number;
}

/** Faxes that were accepted. */
export interface FaxTable {
  id: string;
  client: string;
  connection: string;
  state: string;
  /** Sealed: JSON. */
  fax_order: Uint8Array;
  /** Sealed; null where there is none, or it was erased. */
  cover_text: Uint8Array | null;
  /** Sealed; null once the content was erased. */
  content_key: Uint8Array | null;
  version: number;
  attempts: number;
  /** 0, or 1 where others do not wait for it any more; null where nothing is to be sent any more. */
  line_rank: number | null;
  due_at: number;
  deadline: number;
  left_at: number | null;
  /** 0 or 1. */
  withdrawn: number;
  message_id: string | null;
  message_status: string | null;
  page_count: number | null;
  /** Sealed: JSON. */
  results: Uint8Array | null;
  code: string | null;
  /** Null: the platform is not asked about it. */
  follow_at: number | null;
  repeat_key: string | null;
  created_at: number;
  closed_at: number | null;
}

/** The contents of faxes, in pieces. */
export interface FaxContentTable {
  fax: string;
  piece: number;
  /** Sealed under the fax's own key. */
  sealed: Uint8Array;
}

/** What happened to faxes. */
export interface FaxEventTable {
  fax: string;
  number: number;
  at: number;
  event: string;
  code: string | null;
}

/** Which node sends the faxes of a Connection. */
export interface FaxTurnTable {
  connection: string;
  holder: string | null;
  held_until: number;
  /** Null: nothing is to be done. */
  due_at: number | null;
  accepted: number;
}

/** Who is to be told of a fax. */
export interface FaxNoticeTable {
  id: string;
  fax: string;
  way: string;
  event: string;
  at: number;
  attempts: number;
  due_at: number;
  until: number;
}

/** The lines of the audit trail. */
export interface AuditTable {
  seq: number;
  at: number;
  who: string;
  action: string;
  object: string;
  address: string;
  result: string;
  request_id: string;
  times: number;
}
