-- Standing decisions: decisions of two people in advance about all Alerts that fit, with an end. The conditions of a
-- standing decision never change. What people do with it is in `standing_event`, which is insert-only.

create table standing_decision (
	id integer generated always as identity primary key,
	supplier_id smallint not null references supplier,
	conditions jsonb not null, -- a StandingWhen (src/lib/domain/standing-decision/rule.ts)
	verdict text not null check (verdict in ('actionable', 'ignorable')),
	reason text not null,
	note text,
	expires_at timestamptz not null,
	preview jsonb not null, -- the numbers that the proposer saw
	proposed_by text not null,
	proposed_by_id text not null,
	proposed_at timestamptz not null,
	activated_by text,
	activated_by_id text,
	activated_at timestamptz,
	paused_at timestamptz, -- null: it is not paused
	paused_reopened integer, -- how many of its last Alerts people had reopened
	resumed_at timestamptz, -- reopenings before this instant no longer count
	ended_by text,
	ended_by_id text,
	ended_at timestamptz,
	check (activated_by_id <> proposed_by_id)
);
create index standing_decision_supplier on standing_decision (supplier_id, id);

-- Who did what with a standing decision, and the counts at that time.
create table standing_event (
	id bigint generated always as identity primary key,
	supplier_id smallint not null references supplier,
	standing_id integer not null references standing_decision,
	kind text not null check (kind in ('proposed', 'activated', 'paused', 'resumed', 'ended')),
	at timestamptz not null,
	done_by text, -- null: the standing decision paused itself
	done_by_id text,
	note text,
	counts jsonb
);
create index standing_event_standing on standing_event (standing_id, id);

-- The use of a standing decision. It changes with each batch, so it has a row of its own, which stays on its page.
create table standing_use (
	standing_id integer primary key references standing_decision,
	supplier_id smallint not null references supplier,
	matched bigint not null default 0,
	reopened bigint not null default 0,
	withdrawn bigint not null default 0,
	last_match_at timestamptz
) with (fillfactor = 50);

-- A worker reads the standing decisions of a Supplier again when this number has changed.
create table standing_version (
	supplier_id smallint primary key references supplier,
	version bigint not null
);

-- The Alerts that a standing decision decided. A busy one has thousands a day: retention drops whole weeks, as it does
-- for the Alerts.
create table standing_match (
	supplier_id smallint not null,
	alert_id bigint not null,
	standing_id integer not null,
	matched_at timestamptz not null,
	reopened_at timestamptz, -- when a person reopened the Alert or decided it otherwise
	withdrawn_at timestamptz, -- when later evidence brought the Alert back to the desk
	reopened_by text,
	primary key (supplier_id, alert_id, standing_id)
) partition by range (alert_id);
create index standing_match_last on standing_match (standing_id, matched_at desc);
create index standing_match_reopened on standing_match (standing_id, alert_id) where reopened_at is not null;

-- The standing decision that decided the Alert until later evidence no longer fitted; null: none did.
alter table supplier_alert add column withdrawn integer;

-- Precedents are decisions of people. The many decisions of standing decisions stay out of their index.
drop index supplier_alert_decided;
create index supplier_alert_decided on supplier_alert (supplier_id, decided_on(code, explanation, body))
	where decision is not null and decision ->> 'standing' is null;

grant update (withdrawn) on supplier_alert to causeway_web;
grant insert on decision to causeway_worker;

do $$
declare
	name text;
begin
	foreach name in array array['standing_decision', 'standing_event', 'standing_use', 'standing_version', 'standing_match'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy own_supplier on %I to causeway_web using (supplier_id = current_supplier()) with check (supplier_id = current_supplier())', name);
		execute format('create policy workers on %I to causeway_worker using (true) with check (true)', name);
		execute format('grant select on %I to causeway_web, causeway_worker', name);
	end loop;
	foreach name in array array['standing_decision', 'standing_use', 'standing_version'] loop
		execute format('grant insert, update on %I to causeway_web', name);
	end loop;
end $$;
grant insert on standing_event to causeway_web;
grant insert, update on standing_match to causeway_web;
-- A worker carries out the decision of a person on many Alerts, which may pause a standing decision.
grant update (paused_at, paused_reopened) on standing_decision to causeway_worker;
grant update on standing_use, standing_version to causeway_worker;
grant insert on standing_event to causeway_worker;
grant insert, update on standing_match to causeway_worker;
