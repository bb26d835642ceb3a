-- Learned evidence, per Supplier: which Service Requests stood before which Alerts, and how often by chance. All of it
-- can be counted anew from the record; it holds roles and SRVs, and never which User it was.

-- One row for an hour in which a Device raised a code: what stood before the first of these Alerts. A Device that repeats
-- itself is thereby counted once.
create table learned_sample (
	supplier_id smallint not null references supplier,
	device_id bytea not null,
	code text not null,
	hour timestamptz not null,
	device_type text not null,
	sightings text[] not null, -- `SRV|role|relation|bucket`
	primary key (supplier_id, device_id, code, hour)
);
create index learned_sample_hour on learned_sample (hour);

-- What is to be counted (again): Alerts that were explained, Service Requests that arrived. Behind the hot path.
create table learn_due (
	id bigint generated always as identity primary key,
	alert_ids bigint[] not null default '{}',
	request_ids bigint[] not null default '{}'
);

-- The sums over the samples. `variant` '': the samples themselves.
create table learned_count (
	supplier_id smallint not null references supplier,
	device_type text not null,
	code text not null,
	variant text not null,
	user_role text not null,
	relation text not null,
	bucket smallint not null,
	n integer not null,
	primary key (supplier_id, device_type, code, variant, user_role, relation, bucket)
);

-- What the counts say, weighed from time to time.
create table learned_pattern (
	supplier_id smallint not null references supplier,
	device_type text not null,
	code text not null,
	variant text not null,
	user_role text not null,
	relation text not null,
	figures jsonb not null,
	devices integer, -- where the figures are enough to offer it
	offered boolean not null,
	primary key (supplier_id, device_type, code, variant, user_role, relation)
);

-- Insert-only: a person has looked at a pattern. The latest word counts.
create table learned_review (
	id bigint generated always as identity primary key,
	supplier_id smallint not null references supplier,
	device_type text not null,
	code text not null,
	variant text not null,
	user_role text not null,
	relation text not null,
	dismissed boolean not null, -- false: taken back
	reviewed_by text not null,
	reviewed_by_id text not null,
	reviewed_at timestamptz not null default now()
);
create index learned_review_pattern on learned_review (supplier_id, device_type, code, variant, user_role, relation, id);

-- `counted` moves with the counts and reviews, `weighed` follows; `version` moves when a pattern has changed.
create table learned_state (
	supplier_id smallint primary key references supplier,
	counted bigint not null default 0,
	weighed bigint not null default 0,
	version bigint not null default 0
);

grant select, insert, delete on learn_due to causeway_worker;
grant select, insert, update, delete on learned_sample, learned_count, learned_pattern to causeway_worker;
grant select on learned_review to causeway_worker;
grant select, insert, update on learned_state to causeway_worker;
grant select on learned_pattern, learned_state to causeway_web;
grant update (counted) on learned_state to causeway_web;
grant select, insert on learned_review to causeway_web;

-- What a Decision was made on: the code with the SRV and role of the best candidate, or with the kind of explanation. By
-- it the Decisions made before on the same pattern are found; only decided rows are indexed.
create function decided_on(code text, explanation text, body jsonb) returns text language sql immutable parallel safe as $$
	select code || '|' || coalesce(
		(body #>> '{candidates,0,serviceReferenceVariant}') || '|' || (body #>> '{candidates,0,userRole}'), explanation)
$$;
create index supplier_alert_decided on supplier_alert (supplier_id, decided_on(code, explanation, body)) where decision is not null;

do $$
declare
	name text;
begin
	foreach name in array array['learned_sample', 'learned_count', 'learned_pattern', 'learned_review', 'learned_state'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy own_supplier on %I to causeway_web using (supplier_id = current_supplier()) with check (supplier_id = current_supplier())', name);
		execute format('create policy workers on %I to causeway_worker using (true) with check (true)', name);
	end loop;
end $$;
