-- The record: Suppliers, Devices, Service Requests, Alerts, what each Supplier sees of them, and its feed.
-- Three roles, none of them owner or superuser: `causeway_ingest` writes what arrives, `causeway_worker` explains,
-- `causeway_web` reads and decides for one Supplier at a time under row-level security.

create extension if not exists btree_gist;

do $$
declare
	name text;
begin
	foreach name in array array['causeway_web', 'causeway_ingest', 'causeway_worker'] loop
		begin
			execute format('create role %I nologin', name);
		exception when duplicate_object or unique_violation then
			null; -- roles belong to the cluster: another database of it has made this one
		end;
		execute format('grant %I to current_user', name);
	end loop;
end $$;

-- Suppliers, their User IDs, their keys -----------------------------------------------------------------------

create table supplier (
	id smallint generated always as identity primary key,
	slug text not null unique,
	name text not null,
	created_at timestamptz not null default now()
);

-- The User IDs (EUI-64) of a Supplier: by them its own Service Requests are known.
create table supplier_user (
	user_id bytea primary key check (length(user_id) = 8),
	supplier_id smallint not null references supplier
);

-- `supplier_id` null: a key for a feed that serves the whole installation.
create table api_key (
	id integer generated always as identity primary key,
	supplier_id smallint references supplier,
	hash bytea not null unique,
	hint text not null,
	scopes text[] not null,
	created_at timestamptz not null default now(),
	last_used_at timestamptz,
	revoked_at timestamptz
);

-- Devices and tenures -----------------------------------------------------------------------------------------

create table device (
	device_id bytea primary key check (length(device_id) = 8),
	device_type text not null,
	hub_id bytea,
	model text,
	firmware text,
	area text,
	updated_at timestamptz not null default now()
);
create index device_hub on device (hub_id);

-- Half-open tenures. A correction closes `superseded_at` and adds a row: what was believed before stays readable.
create table tenure (
	id bigint generated always as identity primary key,
	device_id bytea not null check (length(device_id) = 8),
	supplier_id smallint not null references supplier,
	during tstzrange not null check (not isempty(during)),
	recorded_at timestamptz not null default now(),
	superseded_at timestamptz,
	exclude using gist (device_id with =, during with &&) where (superseded_at is null)
);
create index tenure_device on tenure (device_id) where superseded_at is null;

-- What arrives ------------------------------------------------------------------------------------------------
-- Ids are time-ordered 63-bit numbers made by the process that takes the message in (src/lib/server/record-id.ts):
-- the partition of a row follows from its id, so that retention drops whole weeks. Uniqueness of messages lives in
-- key tables without partitions.

create table message_key (
	key bytea primary key, -- SHA-256 of the message id
	digest bytea not null, -- SHA-256 of the content: the same key with other content is refused
	alert_id bigint not null
);

create table alert (
	id bigint primary key,
	message_id text not null,
	device_id bytea not null,
	kind text not null,
	code text not null,
	dcc_payload text,
	raised_at timestamptz,
	received_at timestamptz not null,
	effective_at timestamptz not null,
	clock_status text not null,
	recipient_id bytea,
	throttled_count bigint,
	reference jsonb,
	reference_counter numeric(20),
	fed_by smallint
) partition by range (id);
create index alert_device on alert (device_id, effective_at);
create index alert_reference on alert (reference_counter) where reference_counter is not null;

create table request_key (
	key bytea primary key check (length(key) = 24), -- originator, target, counter of the RequestID
	request_id bigint not null
);

create table service_request (
	id bigint primary key,
	key bytea not null,
	device_id bytea not null,
	user_id bytea not null,
	variant text not null,
	user_role text not null,
	user_name text,
	command_variant smallint,
	mode text, -- null: nobody has said
	requested_at timestamptz,
	execute_at timestamptz,
	responded_at timestamptz,
	response_code text,
	source text
) partition by range (id);
create index service_request_device on service_request (device_id, requested_at);
create index service_request_key on service_request (key);
create index service_request_execution on service_request (execute_at) where execute_at is not null;

-- Up to which instant the audit data of a source is complete.
create table completeness (
	source text primary key,
	complete_until timestamptz not null,
	recorded_at timestamptz not null default now()
);

-- Small numbers for long values, for the packed records of the Redis index.
create table dictionary (
	kind text not null,
	id integer not null,
	value text not null,
	primary key (kind, id),
	unique (kind, value)
);

-- One row for each micro-batch that still has to be worked on. The queue carries its id only: a lost job costs
-- latency, because the sweeper rings again; the row goes in the transaction that does the work.
create table doorbell (
	id bigint generated always as identity primary key,
	job text not null,
	ids bigint[] not null,
	again boolean not null default false, -- correlate Alerts that have been correlated before
	rung_at timestamptz not null default now()
);
create index doorbell_rung on doorbell (rung_at);

-- What one Supplier sees --------------------------------------------------------------------------------------

-- The explanation of one Alert for one Supplier, written beside the Alert and never over it. Tenure has been applied
-- when a row stands here. `body` is the Alert as read, but for version, seq and decision.
create table supplier_alert (
	supplier_id smallint not null references supplier,
	alert_id bigint not null,
	version integer not null default 1,
	seq bigint not null,
	explanation text not null,
	code text not null,
	category text not null,
	device_id text not null,
	hub_id text,
	users text[] not null,
	roles text[] not null,
	effective_at timestamptz not null,
	settles_at timestamptz, -- `pending` becomes `unexplained` when the completeness mark has passed this instant
	table_version text not null,
	body jsonb not null,
	decision jsonb,
	primary key (supplier_id, alert_id)
) partition by range (alert_id);
create index supplier_alert_device on supplier_alert (supplier_id, device_id, effective_at);
create index supplier_alert_open on supplier_alert (supplier_id, alert_id) where decision is null;
create index supplier_alert_pending on supplier_alert (settles_at) where explanation = 'pending';

-- Insert-only: who decided what, when, on which version, and what the machine had said.
create table decision (
	id bigint generated always as identity primary key,
	supplier_id smallint not null references supplier,
	alert_id bigint not null,
	version integer not null,
	verdict text,
	reason text,
	note text,
	decided_by text not null,
	decided_by_id text not null,
	decided_at timestamptz not null default now(),
	explanation text not null,
	previous jsonb
);
create index decision_alert on decision (supplier_id, alert_id);

-- The gapless sequence of a Supplier's feed: the counter row is locked in the transaction that writes the rows.
create table feed_head (
	supplier_id smallint primary key references supplier,
	seq bigint not null default 0
);

create table feed (
	supplier_id smallint not null,
	seq bigint not null,
	alert_id bigint not null,
	at timestamptz not null default now(),
	primary key (supplier_id, seq, at)
) partition by range (at);

create function next_feed_seq(of_supplier smallint, how_many integer) returns bigint
language sql as $$
	insert into feed_head (supplier_id, seq) values (of_supplier, how_many)
	on conflict (supplier_id) do update set seq = feed_head.seq + excluded.seq
	returning seq
$$;

-- Grants and the second wall ----------------------------------------------------------------------------------

grant usage on schema public to causeway_web, causeway_ingest, causeway_worker;
grant select on supplier, supplier_user, completeness to causeway_web, causeway_ingest, causeway_worker;
grant select, update (last_used_at) on api_key to causeway_web, causeway_ingest;
grant select, insert, update on device, tenure, completeness, dictionary, request_key, service_request to causeway_ingest;
grant select, insert on message_key to causeway_ingest;
grant insert on alert, doorbell to causeway_ingest;
grant select (id) on doorbell to causeway_ingest;
grant select (id, device_id, effective_at) on alert to causeway_ingest;
grant select on device, tenure to causeway_web;
grant select on supplier_alert, feed, feed_head, decision to causeway_web;
grant insert on feed, decision to causeway_web;
grant update (version, seq, decision) on supplier_alert to causeway_web;
grant insert, update on feed_head to causeway_web;
grant select (id, key, device_id, user_id, variant, user_role, user_name, mode, requested_at, execute_at, responded_at, response_code)
	on service_request to causeway_web;
grant select on device, tenure, alert, service_request, request_key to causeway_worker;
grant select, insert, update on dictionary, supplier_alert, feed_head to causeway_worker;
grant select, insert on feed to causeway_worker;
grant select, insert, update, delete on doorbell to causeway_worker;
grant select on decision to causeway_worker;

create function current_supplier() returns smallint
language sql stable as $$ select nullif(current_setting('app.supplier', true), '')::smallint $$;

do $$
declare
	name text;
begin
	foreach name in array array['supplier_alert', 'feed', 'feed_head', 'decision'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy own_supplier on %I to causeway_web using (supplier_id = current_supplier()) with check (supplier_id = current_supplier())', name);
		execute format('create policy workers on %I to causeway_worker using (true) with check (true)', name);
	end loop;
end $$;

-- A Service Request is seen by the Supplier that was responsible for its Device at the time, or that sent it.
alter table service_request enable row level security;
alter table service_request force row level security;
create policy own_tenure on service_request for select to causeway_web using (
	exists (
		select from tenure t
		where t.device_id = service_request.device_id and t.superseded_at is null
			and t.supplier_id = current_supplier()
			and t.during @> coalesce(service_request.requested_at, service_request.responded_at)
	)
	or exists (
		select from supplier_user u
		where u.user_id = service_request.user_id and u.supplier_id = current_supplier()
	)
);
create policy writers on service_request to causeway_ingest using (true) with check (true);
create policy workers on service_request for select to causeway_worker using (true);
