CREATE TABLE "apps" (
  "name" text not null primary key,
  "platform_origin" text not null,
  "media_origin" text not null,
  "ringcx_origin" text not null,
  "client_id" text not null,
  "client_secret" blob,
  "redirect_uris" text not null,
  "return_to" text not null,
  "created_at" bigint not null,
  "access_token_ttl_ms" bigint,
  "refresh_token_ttl_ms" bigint,
  "endpoint_id" text,
  "token_requests_per_minute" integer,
  "secrets_made" integer default 1 not null,
  "secret_in_use" integer default 1 not null
);

CREATE TABLE "audit" (
  "seq" integer not null primary key,
  "at" bigint not null,
  "who" text not null,
  "action" text not null,
  "object" text not null,
  "address" text not null,
  "result" text not null,
  "request_id" text not null,
  "times" integer default 1 not null
);

CREATE TRIGGER audit_no_delete before delete on audit when old.seq >= coalesce((select first_seq from audit_anchor), 0) begin select raise(abort, 'audit is append-only'); end;

CREATE TRIGGER audit_no_update before update on audit begin select raise(abort, 'audit is append-only'); end;

CREATE TABLE "audit_anchor" (
  "id" integer not null primary key check (id = 1),
  "first_seq" integer not null
);

CREATE TRIGGER audit_anchor_no_delete before delete on audit_anchor begin select raise(abort, 'audit_anchor only rises'); end;

CREATE TRIGGER audit_anchor_only_rises before update on audit_anchor when new.first_seq < old.first_seq or new.first_seq > coalesce((select max(seq) from audit), 0) begin select raise(abort, 'audit_anchor only rises'); end;

CREATE TABLE "bridge_codes" (
  "hash" text not null primary key,
  "client" text not null references "clients" ("name") on delete cascade,
  "connection" text not null references "connections" ("name") on delete cascade,
  "client_id" text not null,
  "redirect_uri" text not null,
  "redirect_uri_named" integer not null,
  "challenge" text,
  "expires_at" bigint not null,
  "presented_at" bigint,
  "session" text
);

CREATE INDEX "bridge_codes_client" on "bridge_codes" ("client");

CREATE INDEX "bridge_codes_connection" on "bridge_codes" ("connection");

CREATE INDEX "bridge_codes_expires_at" on "bridge_codes" ("expires_at");

CREATE TABLE "bridge_sessions" (
  "id" text not null primary key,
  "client" text not null references "clients" ("name") on delete cascade,
  "connection" text not null references "connections" ("name") on delete cascade,
  "client_id" text not null,
  "endpoint_id" text not null,
  "generation" integer not null,
  "access_hash" text not null,
  "access_expires_at" bigint not null,
  "refresh_hash" text,
  "refresh_expires_at" bigint,
  "issued_at" bigint not null,
  "used_at" bigint,
  "previous_access_hash" text,
  "previous_refresh_hash" text,
  "previous_refresh_expires_at" bigint,
  "seed" blob,
  "started_at" bigint not null,
  "revoked_at" bigint,
  "over_at" bigint not null,
  "of_session" text,
  "of_key" text
);

CREATE INDEX "bridge_sessions_client" on "bridge_sessions" ("client");

CREATE INDEX "bridge_sessions_connection" on "bridge_sessions" ("connection");

CREATE INDEX "bridge_sessions_of_session" on "bridge_sessions" ("of_session");

CREATE INDEX "bridge_sessions_over_at" on "bridge_sessions" ("over_at");

CREATE TABLE "budgets" (
  "app" text not null primary key references "apps" ("name") on delete cascade,
  "slot_limit" integer,
  "window_ms" bigint not null,
  "slots" text not null,
  "paused_until" bigint not null,
  "paused_code" text,
  "paused_word" text,
  "failures" integer not null,
  "turn" bigint not null,
  "streak" integer not null,
  "caller_load" double precision not null,
  "caller_load_at" bigint not null
);

CREATE TABLE "client_connections" (
  "client" text not null references "clients" ("name") on delete cascade,
  "position" integer not null,
  "connection" text not null references "connections" ("name"),
  constraint "client_connections_key" primary key ("client", "position")
);

CREATE INDEX "client_connections_connection" on "client_connections" ("connection");

CREATE TABLE "client_keys" (
  "client" text not null references "clients" ("name") on delete cascade,
  "number" integer not null,
  "key_hash" text not null,
  "created_at" bigint not null,
  "expires_at" bigint,
  constraint "client_keys_key" primary key ("client", "number")
);

CREATE INDEX "client_keys_key_hash" on "client_keys" ("key_hash");

CREATE TABLE "client_secrets" (
  "app" text not null references "apps" ("name") on delete cascade,
  "number" integer not null,
  "secret" blob not null,
  "created_at" bigint not null,
  constraint "client_secrets_key" primary key ("app", "number")
);

CREATE TABLE "clients" (
  "name" text not null primary key,
  "policy" text,
  "key_hash" text not null,
  "created_at" bigint not null,
  "keys_made" integer default 1 not null,
  "key_expires_at" bigint,
  "rewrite_links" integer default 0 not null,
  "limits" text,
  "bridge_client_id" text,
  "bridge_secret_hash" text,
  "bridge_redirect_uris" text,
  "bridge_origins" text
);

CREATE INDEX "clients_bridge_client_id" on "clients" ("bridge_client_id");

CREATE INDEX "clients_key_hash" on "clients" ("key_hash");

CREATE TABLE "connections" (
  "name" text not null primary key,
  "id" text not null,
  "app" text not null references "apps" ("name"),
  "labels" text not null,
  "keep" text not null,
  "owner_id" text,
  "sign_in_needed_at" bigint,
  "sign_in_needed_code" text,
  "created_at" bigint not null,
  "keep_by" bigint,
  "fresh_at" bigint,
  "given_up_at" bigint,
  "budget_app" text,
  "used_at" bigint default 0 not null
);

CREATE INDEX "connections_app" on "connections" ("app");

CREATE INDEX "connections_fresh_at" on "connections" ("budget_app", "fresh_at", "keep_by") where "fresh_at" is not null;

CREATE INDEX "connections_given_up" on "connections" ("budget_app", "used_at") where given_up_at is not null;

CREATE INDEX "connections_keep_by" on "connections" ("budget_app", "keep_by") where "keep_by" is not null and given_up_at is null;

CREATE TABLE "credentials" (
  "connection" text not null references "connections" ("name") on delete cascade,
  "position" integer not null,
  "kind" text not null,
  "app" text references "apps" ("name"),
  "details" text not null,
  "secret" blob not null,
  "refused_at" bigint,
  "refused_code" text,
  "assertion_hash" text,
  constraint "credentials_key" primary key ("connection", "position")
);

CREATE INDEX "credentials_app" on "credentials" ("app");

CREATE INDEX "credentials_assertion_hash" on "credentials" ("assertion_hash");

CREATE TABLE "data_keys" (
  "id" integer not null primary key,
  "wrapped" blob not null,
  "created_at" bigint not null
);

CREATE TABLE "fax_contents" (
  "fax" text not null,
  "piece" integer not null,
  "sealed" blob not null,
  constraint "fax_contents_key" primary key ("fax", "piece")
);

CREATE TABLE "fax_events" (
  "fax" text not null references "faxes" ("id") on delete cascade,
  "number" integer not null,
  "at" bigint not null,
  "event" text not null,
  "code" text,
  constraint "fax_events_key" primary key ("fax", "number")
);

CREATE TABLE "fax_notices" (
  "id" text not null primary key,
  "fax" text not null references "faxes" ("id") on delete cascade,
  "way" text not null,
  "event" text not null,
  "at" bigint not null,
  "attempts" integer not null,
  "due_at" bigint not null,
  "until" bigint not null
);

CREATE INDEX "fax_notices_due_at" on "fax_notices" ("due_at");

CREATE INDEX "fax_notices_fax" on "fax_notices" ("fax");

CREATE TABLE "fax_turns" (
  "connection" text not null primary key,
  "holder" text,
  "held_until" bigint not null,
  "due_at" bigint,
  "accepted" bigint not null
);

CREATE INDEX "fax_turns_due_at" on "fax_turns" ("due_at");

CREATE TABLE "faxes" (
  "id" text not null primary key,
  "client" text not null,
  "connection" text not null,
  "state" text not null,
  "fax_order" blob not null,
  "cover_text" blob,
  "content_key" blob,
  "version" integer not null,
  "attempts" integer not null,
  "line_rank" integer,
  "due_at" bigint not null,
  "deadline" bigint not null,
  "left_at" bigint,
  "withdrawn" integer not null,
  "message_id" text,
  "message_status" text,
  "page_count" integer,
  "results" blob,
  "code" text,
  "follow_at" bigint,
  "repeat_key" text,
  "created_at" bigint not null,
  "closed_at" bigint
);

CREATE INDEX "faxes_closed_at" on "faxes" ("closed_at");

CREATE INDEX "faxes_connection_line_rank_id" on "faxes" ("connection", "line_rank", "id");

CREATE INDEX "faxes_connection_message_id" on "faxes" ("connection", "message_id");

CREATE INDEX "faxes_follow_at" on "faxes" ("follow_at");

CREATE INDEX "faxes_repeat_key" on "faxes" ("repeat_key");

CREATE INDEX "faxes_state_id" on "faxes" ("state", "id");

CREATE TABLE "freezes" (
  "kind" text not null,
  "name" text not null,
  "connection" text references "connections" ("name") on delete cascade,
  "client" text references "clients" ("name") on delete cascade,
  "app" text references "apps" ("name") on delete cascade,
  "at" bigint not null,
  "by_whom" text not null,
  "reason" text,
  constraint "freezes_key" primary key ("kind", "name")
);

CREATE INDEX "freezes_app" on "freezes" ("app");

CREATE INDEX "freezes_client" on "freezes" ("client");

CREATE INDEX "freezes_connection" on "freezes" ("connection");

CREATE TABLE "grants" (
  "connection" text not null primary key references "connections" ("name") on delete cascade,
  "app" text not null,
  "generation" integer not null,
  "access_token" blob not null,
  "issued_at" bigint not null,
  "expires_at" bigint not null,
  "refresh_token" blob,
  "refresh_expires_at" bigint,
  "owner_id" text,
  "scope" text not null,
  "endpoint_id" text,
  "session_id" text,
  "refresh_refused_at" bigint,
  "refresh_refused_code" text
);

CREATE TABLE "idempotency_keys" (
  "client" text not null references "clients" ("name") on delete cascade,
  "key_hash" text not null,
  "fingerprint" text not null,
  "holder" text not null,
  "state" text not null,
  "running_until" bigint not null,
  "result" blob,
  "expires_at" bigint not null,
  constraint "idempotency_keys_key" primary key ("client", "key_hash")
);

CREATE INDEX "idempotency_keys_expires_at" on "idempotency_keys" ("expires_at");

CREATE TABLE "invitations" (
  "id" text not null primary key,
  "secret_hash" text not null unique,
  "connection" text not null,
  "app" text not null references "apps" ("name") on delete cascade,
  "labels" text not null,
  "return_to" text,
  "ways" text not null,
  "tries" integer not null,
  "created_at" bigint not null,
  "expires_at" bigint not null,
  "used_at" bigint,
  "used_by" text
);

CREATE INDEX "invitations_app" on "invitations" ("app");

CREATE INDEX "invitations_expires_at" on "invitations" ("expires_at");

CREATE TABLE "kysely_migration" (
  "name" varchar(255) not null primary key,
  "timestamp" varchar(255) not null
);

CREATE TABLE "kysely_migration_lock" (
  "id" varchar(255) not null primary key,
  "is_locked" integer default 0 not null
);

CREATE TABLE "leases" (
  "connection" text not null primary key references "connections" ("name") on delete cascade,
  "holder" text not null,
  "expires_at" bigint not null,
  "generation" integer not null,
  "first_attempt_at" bigint not null,
  "failures" bigint default 0 not null,
  "retry_at" bigint default 0 not null,
  "retry_code" text
);

CREATE TABLE "legacy_logins" (
  "client" text not null,
  "position" integer not null,
  "username" text not null,
  "extension" text not null,
  "password_hash" text,
  "connection" text not null,
  "program" text default '' not null,
  constraint "legacy_logins_row" primary key ("client", "position"),
  constraint "legacy_logins_reach" unique ("username", "extension", "program"),
  constraint "legacy_logins_of_client" foreign key ("client") references "clients" ("name") on delete cascade,
  constraint "legacy_logins_for_connection" foreign key ("connection") references "connections" ("name")
);

CREATE INDEX "legacy_logins_connection" on "legacy_logins" ("connection");

CREATE TABLE "limit_nodes" (
  "node" text not null primary key,
  "counts_until" bigint not null
);

CREATE TABLE "limit_penalties" (
  "app" text not null,
  "connection" text not null,
  "usage_group" text not null,
  "until" bigint not null,
  constraint "limit_penalties_key" primary key ("app", "connection", "usage_group")
);

CREATE INDEX "limit_penalties_until" on "limit_penalties" ("until");

CREATE TABLE "limit_slices" (
  "app" text not null,
  "connection" text not null,
  "usage_group" text not null,
  "slices" text not null,
  "counts_until" bigint not null,
  constraint "limit_slices_key" primary key ("app", "connection", "usage_group")
);

CREATE INDEX "limit_slices_counts_until" on "limit_slices" ("counts_until");

CREATE TABLE "revocations" (
  "id" text not null primary key,
  "app" text not null,
  "platform_origin" text not null,
  "client_id" text not null,
  "client_secret" blob,
  "connection" text not null,
  "token" blob not null,
  "hint" text not null,
  "dies_at" bigint not null,
  "attempts" integer not null,
  "not_before" bigint not null
);

CREATE INDEX "revocations_not_before" on "revocations" ("not_before");

CREATE TABLE "ring_cx_grants" (
  "connection" text not null primary key references "connections" ("name") on delete cascade,
  "generation" integer not null,
  "app" text not null,
  "origin" text not null,
  "grant_generation" integer not null,
  "access_token" blob not null,
  "refresh_token" blob,
  "issued_at" bigint not null,
  "expires_at" bigint not null,
  "main_account_id" text,
  "admin_id" text,
  "agent_details" text not null
);

CREATE TABLE "ring_cx_leases" (
  "connection" text not null primary key references "connections" ("name") on delete cascade,
  "holder" text not null,
  "expires_at" bigint not null
);

CREATE TABLE "ring_cx_penalties" (
  "app" text not null references "apps" ("name") on delete cascade,
  "origin" text not null,
  "request" text not null,
  "until" bigint not null,
  constraint "ring_cx_penalties_key" primary key ("app", "origin", "request")
);

CREATE TABLE "ring_out_claims" (
  "repeat_key" text not null primary key,
  "holder" text not null,
  "expires_at" bigint not null,
  "unclear" integer not null
);

CREATE TABLE "ring_out_sessions" (
  "session_id" integer not null primary key,
  "client" text not null,
  "connection" text not null references "connections" ("name") on delete cascade,
  "ring_out_id" text not null,
  "to_number" text not null,
  "from_number" text not null,
  "created_at" bigint not null,
  "expires_at" bigint not null,
  "repeat_key" text
);

CREATE INDEX "ring_out_sessions_connection" on "ring_out_sessions" ("connection");

CREATE INDEX "ring_out_sessions_expires_at" on "ring_out_sessions" ("expires_at");

CREATE INDEX "ring_out_sessions_repeat_key" on "ring_out_sessions" ("repeat_key");

CREATE INDEX "ring_out_sessions_ring_out_id" on "ring_out_sessions" ("ring_out_id");

CREATE TABLE "sign_in_attempts" (
  "state_hash" text not null primary key,
  "invitation" text references "invitations" ("id") on delete cascade,
  "connection" text not null,
  "app" text not null references "apps" ("name") on delete cascade,
  "labels" text not null,
  "browser_hash" text,
  "redirect_uri" text not null,
  "issuer" text,
  "verifier" blob,
  "link" blob,
  "expires_at" bigint not null,
  "used_at" bigint,
  "wish" blob
);

CREATE INDEX "sign_in_attempts_app" on "sign_in_attempts" ("app");

CREATE INDEX "sign_in_attempts_expires_at" on "sign_in_attempts" ("expires_at");

CREATE INDEX "sign_in_attempts_invitation" on "sign_in_attempts" ("invitation");

CREATE TABLE "token_wants" (
  "connection" text not null primary key references "connections" ("name") on delete cascade,
  "app" text not null,
  "client" text not null,
  "generation" integer not null,
  "turn" bigint not null,
  "wanted_at" bigint not null
);

CREATE INDEX "token_wants_turn" on "token_wants" ("app", "turn", "wanted_at");
