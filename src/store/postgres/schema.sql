create table apps (
  name text collate "C" not null,
  platform_origin text collate "C" not null,
  media_origin text collate "C" not null,
  ringcx_origin text collate "C" not null,
  client_id text collate "C" not null,
  client_secret bytea,
  redirect_uris text collate "C" not null,
  return_to text collate "C" not null,
  created_at bigint not null,
  access_token_ttl_ms bigint,
  refresh_token_ttl_ms bigint,
  endpoint_id text collate "C",
  token_requests_per_minute integer,
  secrets_made integer default 1 not null,
  secret_in_use integer default 1 not null
);
alter table apps add constraint apps_pkey PRIMARY KEY (name);
CREATE TRIGGER apps_announce AFTER INSERT OR DELETE OR UPDATE ON apps FOR EACH ROW EXECUTE FUNCTION apps_announce();

create table audit (
  seq bigint not null,
  at bigint not null,
  who text collate "C" not null,
  action text collate "C" not null,
  object text collate "C" not null,
  address text collate "C" not null,
  result text collate "C" not null,
  request_id text collate "C" not null,
  times integer default 1 not null
);
alter table audit add constraint audit_pkey PRIMARY KEY (seq);
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_trim();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_number BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_number();

create table audit_anchor (
  id integer not null,
  first_seq bigint not null
);
alter table audit_anchor add constraint audit_anchor_id_check CHECK ((id = 1));
alter table audit_anchor add constraint audit_anchor_pkey PRIMARY KEY (id);
CREATE TRIGGER audit_anchor_no_delete BEFORE DELETE ON audit_anchor FOR EACH ROW EXECUTE FUNCTION audit_anchor_refuse();
CREATE TRIGGER audit_anchor_no_truncate BEFORE TRUNCATE ON audit_anchor FOR EACH STATEMENT EXECUTE FUNCTION audit_anchor_refuse();
CREATE TRIGGER audit_anchor_only_rises BEFORE UPDATE ON audit_anchor FOR EACH ROW EXECUTE FUNCTION audit_anchor_rise();

create table bridge_codes (
  hash text collate "C" not null,
  client text collate "C" not null,
  connection text collate "C" not null,
  client_id text collate "C" not null,
  redirect_uri text collate "C" not null,
  redirect_uri_named integer not null,
  challenge text collate "C",
  expires_at bigint not null,
  presented_at bigint,
  session text collate "C"
);
alter table bridge_codes add constraint bridge_codes_client_fkey FOREIGN KEY (client) REFERENCES clients(name) ON DELETE CASCADE;
alter table bridge_codes add constraint bridge_codes_connection_fkey FOREIGN KEY (connection) REFERENCES connections(name) ON DELETE CASCADE;
alter table bridge_codes add constraint bridge_codes_pkey PRIMARY KEY (hash);
CREATE INDEX bridge_codes_client ON bridge_codes USING btree (client);
CREATE INDEX bridge_codes_connection ON bridge_codes USING btree (connection);
CREATE INDEX bridge_codes_expires_at ON bridge_codes USING btree (expires_at);

create table bridge_sessions (
  id text collate "C" not null,
  client text collate "C" not null,
  connection text collate "C" not null,
  client_id text collate "C" not null,
  endpoint_id text collate "C" not null,
  generation integer not null,
  access_hash text collate "C" not null,
  access_expires_at bigint not null,
  refresh_hash text collate "C",
  refresh_expires_at bigint,
  issued_at bigint not null,
  used_at bigint,
  previous_access_hash text collate "C",
  previous_refresh_hash text collate "C",
  previous_refresh_expires_at bigint,
  seed bytea,
  started_at bigint not null,
  revoked_at bigint,
  over_at bigint not null,
  of_session text collate "C",
  of_key text collate "C"
);
alter table bridge_sessions add constraint bridge_sessions_client_fkey FOREIGN KEY (client) REFERENCES clients(name) ON DELETE CASCADE;
alter table bridge_sessions add constraint bridge_sessions_connection_fkey FOREIGN KEY (connection) REFERENCES connections(name) ON DELETE CASCADE;
alter table bridge_sessions add constraint bridge_sessions_pkey PRIMARY KEY (id);
CREATE INDEX bridge_sessions_client ON bridge_sessions USING btree (client);
CREATE INDEX bridge_sessions_connection ON bridge_sessions USING btree (connection);
CREATE INDEX bridge_sessions_of_session ON bridge_sessions USING btree (of_session);
CREATE INDEX bridge_sessions_over_at ON bridge_sessions USING btree (over_at);
CREATE TRIGGER bridge_sessions_announce AFTER INSERT OR DELETE OR UPDATE ON bridge_sessions FOR EACH ROW EXECUTE FUNCTION bridge_sessions_announce();

create table budgets (
  app text collate "C" not null,
  slot_limit integer,
  window_ms bigint not null,
  slots text collate "C" not null,
  paused_until bigint not null,
  paused_code text collate "C",
  paused_word text collate "C",
  failures integer not null,
  turn bigint not null,
  streak integer not null,
  caller_load double precision not null,
  caller_load_at bigint not null
);
alter table budgets add constraint budgets_app_fkey FOREIGN KEY (app) REFERENCES apps(name) ON DELETE CASCADE;
alter table budgets add constraint budgets_pkey PRIMARY KEY (app);

create table client_connections (
  client text collate "C" not null,
  "position" integer not null,
  connection text collate "C" not null
);
alter table client_connections add constraint client_connections_client_fkey FOREIGN KEY (client) REFERENCES clients(name) ON DELETE CASCADE;
alter table client_connections add constraint client_connections_connection_fkey FOREIGN KEY (connection) REFERENCES connections(name);
alter table client_connections add constraint client_connections_key PRIMARY KEY (client, "position");
CREATE INDEX client_connections_connection ON client_connections USING btree (connection);

create table client_keys (
  client text collate "C" not null,
  number integer not null,
  key_hash text collate "C" not null,
  created_at bigint not null,
  expires_at bigint
);
alter table client_keys add constraint client_keys_client_fkey FOREIGN KEY (client) REFERENCES clients(name) ON DELETE CASCADE;
alter table client_keys add constraint client_keys_key PRIMARY KEY (client, number);
CREATE INDEX client_keys_key_hash ON client_keys USING btree (key_hash);

create table client_secrets (
  app text collate "C" not null,
  number integer not null,
  secret bytea not null,
  created_at bigint not null
);
alter table client_secrets add constraint client_secrets_app_fkey FOREIGN KEY (app) REFERENCES apps(name) ON DELETE CASCADE;
alter table client_secrets add constraint client_secrets_key PRIMARY KEY (app, number);

create table clients (
  name text collate "C" not null,
  policy text collate "C",
  key_hash text collate "C" not null,
  created_at bigint not null,
  keys_made integer default 1 not null,
  key_expires_at bigint,
  rewrite_links integer default 0 not null,
  limits text collate "C",
  bridge_client_id text collate "C",
  bridge_secret_hash text collate "C",
  bridge_redirect_uris text collate "C",
  bridge_origins text collate "C"
);
alter table clients add constraint clients_pkey PRIMARY KEY (name);
CREATE INDEX clients_bridge_client_id ON clients USING btree (bridge_client_id);
CREATE INDEX clients_key_hash ON clients USING btree (key_hash);
CREATE TRIGGER clients_announce AFTER INSERT OR DELETE OR UPDATE ON clients FOR EACH ROW EXECUTE FUNCTION clients_announce();

create table connections (
  name text collate "C" not null,
  id text collate "C" not null,
  app text collate "C" not null,
  labels text collate "C" not null,
  keep text collate "C" not null,
  owner_id text collate "C",
  sign_in_needed_at bigint,
  sign_in_needed_code text collate "C",
  created_at bigint not null,
  keep_by bigint,
  fresh_at bigint,
  given_up_at bigint,
  budget_app text collate "C",
  used_at bigint default 0 not null
);
alter table connections add constraint connections_app_fkey FOREIGN KEY (app) REFERENCES apps(name);
alter table connections add constraint connections_pkey PRIMARY KEY (name);
CREATE INDEX connections_app ON connections USING btree (app);
CREATE INDEX connections_fresh_at ON connections USING btree (budget_app, fresh_at, keep_by) WHERE (fresh_at IS NOT NULL);
CREATE INDEX connections_given_up ON connections USING btree (budget_app, used_at) WHERE (given_up_at IS NOT NULL);
CREATE INDEX connections_keep_by ON connections USING btree (budget_app, keep_by) WHERE ((keep_by IS NOT NULL) AND (given_up_at IS NULL));
CREATE TRIGGER connections_announce AFTER INSERT OR DELETE OR UPDATE ON connections FOR EACH ROW EXECUTE FUNCTION connections_announce();

create table credentials (
  connection text collate "C" not null,
  "position" integer not null,
  kind text collate "C" not null,
  app text collate "C",
  details text collate "C" not null,
  secret bytea not null,
  refused_at bigint,
  refused_code text collate "C",
  assertion_hash text collate "C"
);
alter table credentials add constraint credentials_app_fkey FOREIGN KEY (app) REFERENCES apps(name);
alter table credentials add constraint credentials_connection_fkey FOREIGN KEY (connection) REFERENCES connections(name) ON DELETE CASCADE;
alter table credentials add constraint credentials_key PRIMARY KEY (connection, "position");
CREATE INDEX credentials_app ON credentials USING btree (app);
CREATE INDEX credentials_assertion_hash ON credentials USING btree (assertion_hash);

create table data_keys (
  id integer not null,
  wrapped bytea not null,
  created_at bigint not null
);
alter table data_keys add constraint data_keys_pkey PRIMARY KEY (id);

create table fax_contents (
  fax text collate "C" not null,
  piece integer not null,
  sealed bytea not null
);
alter table fax_contents add constraint fax_contents_key PRIMARY KEY (fax, piece);

create table fax_events (
  fax text collate "C" not null,
  number integer not null,
  at bigint not null,
  event text collate "C" not null,
  code text collate "C"
);
alter table fax_events add constraint fax_events_fax_fkey FOREIGN KEY (fax) REFERENCES faxes(id) ON DELETE CASCADE;
alter table fax_events add constraint fax_events_key PRIMARY KEY (fax, number);

create table fax_notices (
  id text collate "C" not null,
  fax text collate "C" not null,
  way text collate "C" not null,
  event text collate "C" not null,
  at bigint not null,
  attempts integer not null,
  due_at bigint not null,
  until bigint not null
);
alter table fax_notices add constraint fax_notices_fax_fkey FOREIGN KEY (fax) REFERENCES faxes(id) ON DELETE CASCADE;
alter table fax_notices add constraint fax_notices_pkey PRIMARY KEY (id);
CREATE INDEX fax_notices_due_at ON fax_notices USING btree (due_at);
CREATE INDEX fax_notices_fax ON fax_notices USING btree (fax);

create table fax_turns (
  connection text collate "C" not null,
  holder text collate "C",
  held_until bigint not null,
  due_at bigint,
  accepted bigint not null
);
alter table fax_turns add constraint fax_turns_pkey PRIMARY KEY (connection);
CREATE INDEX fax_turns_due_at ON fax_turns USING btree (due_at);

create table faxes (
  id text collate "C" not null,
  client text collate "C" not null,
  connection text collate "C" not null,
  state text collate "C" not null,
  fax_order bytea not null,
  cover_text bytea,
  content_key bytea,
  version integer not null,
  attempts integer not null,
  line_rank integer,
  due_at bigint not null,
  deadline bigint not null,
  left_at bigint,
  withdrawn integer not null,
  message_id text collate "C",
  message_status text collate "C",
  page_count integer,
  results bytea,
  code text collate "C",
  follow_at bigint,
  repeat_key text collate "C",
  created_at bigint not null,
  closed_at bigint
);
alter table faxes add constraint faxes_pkey PRIMARY KEY (id);
CREATE INDEX faxes_closed_at ON faxes USING btree (closed_at);
CREATE INDEX faxes_connection_line_rank_id ON faxes USING btree (connection, line_rank, id);
CREATE INDEX faxes_connection_message_id ON faxes USING btree (connection, message_id);
CREATE INDEX faxes_follow_at ON faxes USING btree (follow_at);
CREATE INDEX faxes_repeat_key ON faxes USING btree (repeat_key);
CREATE INDEX faxes_state_id ON faxes USING btree (state, id);

create table freezes (
  kind text collate "C" not null,
  name text collate "C" not null,
  connection text collate "C",
  client text collate "C",
  app text collate "C",
  at bigint not null,
  by_whom text collate "C" not null,
  reason text collate "C"
);
alter table freezes add constraint freezes_app_fkey FOREIGN KEY (app) REFERENCES apps(name) ON DELETE CASCADE;
alter table freezes add constraint freezes_client_fkey FOREIGN KEY (client) REFERENCES clients(name) ON DELETE CASCADE;
alter table freezes add constraint freezes_connection_fkey FOREIGN KEY (connection) REFERENCES connections(name) ON DELETE CASCADE;
alter table freezes add constraint freezes_key PRIMARY KEY (kind, name);
CREATE INDEX freezes_app ON freezes USING btree (app);
CREATE INDEX freezes_client ON freezes USING btree (client);
CREATE INDEX freezes_connection ON freezes USING btree (connection);
CREATE TRIGGER freezes_announce AFTER INSERT OR DELETE OR UPDATE ON freezes FOR EACH ROW EXECUTE FUNCTION freezes_announce();

create table grants (
  connection text collate "C" not null,
  app text collate "C" not null,
  generation integer not null,
  access_token bytea not null,
  issued_at bigint not null,
  expires_at bigint not null,
  refresh_token bytea,
  refresh_expires_at bigint,
  owner_id text collate "C",
  scope text collate "C" not null,
  endpoint_id text collate "C",
  session_id text collate "C",
  refresh_refused_at bigint,
  refresh_refused_code text collate "C"
);
alter table grants add constraint grants_connection_fkey FOREIGN KEY (connection) REFERENCES connections(name) ON DELETE CASCADE;
alter table grants add constraint grants_pkey PRIMARY KEY (connection);
CREATE TRIGGER grants_announce AFTER INSERT OR DELETE OR UPDATE ON grants FOR EACH ROW EXECUTE FUNCTION grants_announce();

create table idempotency_keys (
  client text collate "C" not null,
  key_hash text collate "C" not null,
  fingerprint text collate "C" not null,
  holder text collate "C" not null,
  state text collate "C" not null,
  running_until bigint not null,
  result bytea,
  expires_at bigint not null
);
alter table idempotency_keys add constraint idempotency_keys_client_fkey FOREIGN KEY (client) REFERENCES clients(name) ON DELETE CASCADE;
alter table idempotency_keys add constraint idempotency_keys_key PRIMARY KEY (client, key_hash);
CREATE INDEX idempotency_keys_expires_at ON idempotency_keys USING btree (expires_at);

create table invitations (
  id text collate "C" not null,
  secret_hash text collate "C" not null,
  connection text collate "C" not null,
  app text collate "C" not null,
  labels text collate "C" not null,
  return_to text collate "C",
  ways text collate "C" not null,
  tries integer not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  used_by text collate "C"
);
alter table invitations add constraint invitations_app_fkey FOREIGN KEY (app) REFERENCES apps(name) ON DELETE CASCADE;
alter table invitations add constraint invitations_pkey PRIMARY KEY (id);
alter table invitations add constraint invitations_secret_hash_key UNIQUE (secret_hash);
CREATE INDEX invitations_app ON invitations USING btree (app);
CREATE INDEX invitations_expires_at ON invitations USING btree (expires_at);

create table kysely_migration (
  name character varying(255) not null,
  "timestamp" character varying(255) not null
);
alter table kysely_migration add constraint kysely_migration_pkey PRIMARY KEY (name);

create table kysely_migration_lock (
  id character varying(255) not null,
  is_locked integer default 0 not null
);
alter table kysely_migration_lock add constraint kysely_migration_lock_pkey PRIMARY KEY (id);

create table leases (
  connection text collate "C" not null,
  holder text collate "C" not null,
  expires_at bigint not null,
  generation integer not null,
  first_attempt_at bigint not null,
  failures bigint default 0 not null,
  retry_at bigint default 0 not null,
  retry_code text collate "C"
);
alter table leases add constraint leases_connection_fkey FOREIGN KEY (connection) REFERENCES connections(name) ON DELETE CASCADE;
alter table leases add constraint leases_pkey PRIMARY KEY (connection);

create table legacy_logins (
  client text collate "C" not null,
  "position" integer not null,
  username text collate "C" not null,
  extension text collate "C" not null,
  password_hash text collate "C",
  connection text collate "C" not null,
  program text collate "C" default ''::text not null
);
alter table legacy_logins add constraint legacy_logins_for_connection FOREIGN KEY (connection) REFERENCES connections(name);
alter table legacy_logins add constraint legacy_logins_of_client FOREIGN KEY (client) REFERENCES clients(name) ON DELETE CASCADE;
alter table legacy_logins add constraint legacy_logins_reach UNIQUE (username, extension, program);
alter table legacy_logins add constraint legacy_logins_row PRIMARY KEY (client, "position");
CREATE INDEX legacy_logins_connection ON legacy_logins USING btree (connection);

create table limit_nodes (
  node text collate "C" not null,
  counts_until bigint not null
);
alter table limit_nodes add constraint limit_nodes_pkey PRIMARY KEY (node);
CREATE TRIGGER limit_nodes_announce AFTER INSERT OR DELETE OR UPDATE ON limit_nodes FOR EACH ROW EXECUTE FUNCTION limit_nodes_announce();

create table limit_penalties (
  app text collate "C" not null,
  connection text collate "C" not null,
  usage_group text collate "C" not null,
  until bigint not null
);
alter table limit_penalties add constraint limit_penalties_key PRIMARY KEY (app, connection, usage_group);
CREATE INDEX limit_penalties_until ON limit_penalties USING btree (until);
CREATE TRIGGER limit_penalties_announce AFTER INSERT OR DELETE OR UPDATE ON limit_penalties FOR EACH ROW EXECUTE FUNCTION limit_penalties_announce();

create table limit_slices (
  app text collate "C" not null,
  connection text collate "C" not null,
  usage_group text collate "C" not null,
  slices text collate "C" not null,
  counts_until bigint not null
);
alter table limit_slices add constraint limit_slices_key PRIMARY KEY (app, connection, usage_group);
CREATE INDEX limit_slices_counts_until ON limit_slices USING btree (counts_until);

create table revocations (
  id text collate "C" not null,
  app text collate "C" not null,
  platform_origin text collate "C" not null,
  client_id text collate "C" not null,
  client_secret bytea,
  connection text collate "C" not null,
  token bytea not null,
  hint text collate "C" not null,
  dies_at bigint not null,
  attempts integer not null,
  not_before bigint not null
);
alter table revocations add constraint revocations_pkey PRIMARY KEY (id);
CREATE INDEX revocations_not_before ON revocations USING btree (not_before);

create table ring_cx_grants (
  connection text collate "C" not null,
  generation integer not null,
  app text collate "C" not null,
  origin text collate "C" not null,
  grant_generation integer not null,
  access_token bytea not null,
  refresh_token bytea,
  issued_at bigint not null,
  expires_at bigint not null,
  main_account_id text collate "C",
  admin_id text collate "C",
  agent_details text collate "C" not null
);
alter table ring_cx_grants add constraint ring_cx_grants_connection_fkey FOREIGN KEY (connection) REFERENCES connections(name) ON DELETE CASCADE;
alter table ring_cx_grants add constraint ring_cx_grants_pkey PRIMARY KEY (connection);

create table ring_cx_leases (
  connection text collate "C" not null,
  holder text collate "C" not null,
  expires_at bigint not null
);
alter table ring_cx_leases add constraint ring_cx_leases_connection_fkey FOREIGN KEY (connection) REFERENCES connections(name) ON DELETE CASCADE;
alter table ring_cx_leases add constraint ring_cx_leases_pkey PRIMARY KEY (connection);

create table ring_cx_penalties (
  app text collate "C" not null,
  origin text collate "C" not null,
  request text collate "C" not null,
  until bigint not null
);
alter table ring_cx_penalties add constraint ring_cx_penalties_app_fkey FOREIGN KEY (app) REFERENCES apps(name) ON DELETE CASCADE;
alter table ring_cx_penalties add constraint ring_cx_penalties_key PRIMARY KEY (app, origin, request);

create table ring_out_claims (
  repeat_key text collate "C" not null,
  holder text collate "C" not null,
  expires_at bigint not null,
  unclear integer not null
);
alter table ring_out_claims add constraint ring_out_claims_pkey PRIMARY KEY (repeat_key);

create table ring_out_sessions (
  session_id integer not null,
  client text collate "C" not null,
  connection text collate "C" not null,
  ring_out_id text collate "C" not null,
  to_number text collate "C" not null,
  from_number text collate "C" not null,
  created_at bigint not null,
  expires_at bigint not null,
  repeat_key text collate "C"
);
alter table ring_out_sessions add constraint ring_out_sessions_connection_fkey FOREIGN KEY (connection) REFERENCES connections(name) ON DELETE CASCADE;
alter table ring_out_sessions add constraint ring_out_sessions_pkey PRIMARY KEY (session_id);
CREATE INDEX ring_out_sessions_connection ON ring_out_sessions USING btree (connection);
CREATE INDEX ring_out_sessions_expires_at ON ring_out_sessions USING btree (expires_at);
CREATE INDEX ring_out_sessions_repeat_key ON ring_out_sessions USING btree (repeat_key);
CREATE INDEX ring_out_sessions_ring_out_id ON ring_out_sessions USING btree (ring_out_id);

create table sign_in_attempts (
  state_hash text collate "C" not null,
  invitation text collate "C",
  connection text collate "C" not null,
  app text collate "C" not null,
  labels text collate "C" not null,
  browser_hash text collate "C",
  redirect_uri text collate "C" not null,
  issuer text collate "C",
  verifier bytea,
  link bytea,
  expires_at bigint not null,
  used_at bigint,
  wish bytea
);
alter table sign_in_attempts add constraint sign_in_attempts_app_fkey FOREIGN KEY (app) REFERENCES apps(name) ON DELETE CASCADE;
alter table sign_in_attempts add constraint sign_in_attempts_invitation_fkey FOREIGN KEY (invitation) REFERENCES invitations(id) ON DELETE CASCADE;
alter table sign_in_attempts add constraint sign_in_attempts_pkey PRIMARY KEY (state_hash);
CREATE INDEX sign_in_attempts_app ON sign_in_attempts USING btree (app);
CREATE INDEX sign_in_attempts_expires_at ON sign_in_attempts USING btree (expires_at);
CREATE INDEX sign_in_attempts_invitation ON sign_in_attempts USING btree (invitation);

create table token_wants (
  connection text collate "C" not null,
  app text collate "C" not null,
  client text collate "C" not null,
  generation integer not null,
  turn bigint not null,
  wanted_at bigint not null
);
alter table token_wants add constraint token_wants_connection_fkey FOREIGN KEY (connection) REFERENCES connections(name) ON DELETE CASCADE;
alter table token_wants add constraint token_wants_pkey PRIMARY KEY (connection);
CREATE INDEX token_wants_turn ON token_wants USING btree (app, turn, wanted_at);

CREATE OR REPLACE FUNCTION apps_announce()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin perform pg_notify('trunkline_changes', 'apps ' || left(coalesce(new.name, old.name), 500)); return null; end $function$
;

CREATE OR REPLACE FUNCTION audit_anchor_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin raise exception 'audit_anchor only rises'; end $function$
;

CREATE OR REPLACE FUNCTION audit_anchor_rise()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin if new.first_seq < old.first_seq or new.first_seq > coalesce((select max(seq) from audit), 0) then raise exception 'audit_anchor only rises'; end if; return new; end $function$
;

CREATE OR REPLACE FUNCTION audit_number()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin perform pg_advisory_xact_lock(1414283605); select coalesce(max(seq), 0) + 1 into new.seq from audit; return new; end $function$
;

CREATE OR REPLACE FUNCTION audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin raise exception 'audit is append-only'; end $function$
;

CREATE OR REPLACE FUNCTION audit_trim()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin if old.seq >= coalesce((select first_seq from audit_anchor), 0) then raise exception 'audit is append-only'; end if; return old; end $function$
;

CREATE OR REPLACE FUNCTION bridge_sessions_announce()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin perform pg_notify('trunkline_changes', 'bridge_sessions ' || left(coalesce(new.id, old.id), 500)); return null; end $function$
;

CREATE OR REPLACE FUNCTION clients_announce()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin perform pg_notify('trunkline_changes', 'clients ' || left(coalesce(new.name, old.name), 500)); return null; end $function$
;

CREATE OR REPLACE FUNCTION connections_announce()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin perform pg_notify('trunkline_changes', 'connections ' || left(coalesce(new.name, old.name), 500)); return null; end $function$
;

CREATE OR REPLACE FUNCTION freezes_announce()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin perform pg_notify('trunkline_changes', 'freezes ' || left(coalesce(new.name, old.name), 500)); return null; end $function$
;

CREATE OR REPLACE FUNCTION grants_announce()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin perform pg_notify('trunkline_changes', 'grants ' || left(coalesce(new.connection, old.connection), 500)); return null; end $function$
;

CREATE OR REPLACE FUNCTION limit_nodes_announce()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin perform pg_notify('trunkline_changes', 'limit_nodes ' || left(coalesce(new.node, old.node), 500)); return null; end $function$
;

CREATE OR REPLACE FUNCTION limit_penalties_announce()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ begin perform pg_notify('trunkline_changes', 'limit_penalties ' || left(coalesce(new.connection, old.connection), 500)); return null; end $function$
;
