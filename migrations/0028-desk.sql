-- The desk: Alerts put aside for a time, assigned Alerts, comments, disagreements with explanations, and selections that
-- people act on as one.

alter table supplier_alert
	add column shelved jsonb, -- {by, byId, at, note, basis}; null: the Alert is not shelved
	add column shelved_until timestamptz, -- null: the Alert is not shelved
	add column assignee jsonb, -- {id, name}; null: nobody has taken the Alert
	add column comments integer not null default 0; -- the comments on the Alert itself
create index supplier_alert_shelved on supplier_alert (shelved_until) where shelved_until is not null;
create index supplier_alert_assignee on supplier_alert (supplier_id, (assignee ->> 'id')) where assignee is not null;

-- What an Alert keeps when a corrected tenure takes it from its Supplier and gives it back.
alter table retracted_alert
	add column assignee jsonb,
	add column comments integer not null default 0;

-- Insert-only: who shelved or assigned which version of an Alert, and when and why an Alert returned from the shelf.
create table desk_action (
	id bigint generated always as identity primary key,
	supplier_id smallint not null references supplier,
	alert_id bigint not null,
	version integer not null, -- the version that the action made
	kind text not null check (kind in ('shelved', 'returned', 'assigned')),
	why text, -- of a return: 'time', 'evidence', 'person' or 'decision'
	until timestamptz, -- of a shelving
	note text,
	assignee jsonb, -- of an assignment; null: the assignment ended
	done_by text, -- null: Causeway
	done_by_id text,
	done_at timestamptz not null default now(),
	channel text
);
create index desk_action_alert on desk_action (supplier_id, alert_id, id);

-- Insert-only: comments on an Alert, on an episode, or on a Device for ever.
create table comment (
	id bigint generated always as identity primary key,
	supplier_id smallint not null references supplier,
	subject text not null check (subject in ('alert', 'episode', 'device')),
	subject_id text not null,
	text text not null check (length(text) between 1 and 2000),
	written_by text not null,
	written_by_id text not null,
	written_at timestamptz not null default now(),
	channel text not null
);
create index comment_subject on comment (supplier_id, subject, subject_id, id);

-- Insert-only: a person disagrees with the explanation of one version of an Alert, or no longer does. The newest row of
-- a person and a version counts.
create table disagreement (
	id bigint generated always as identity primary key,
	supplier_id smallint not null references supplier,
	alert_id bigint not null,
	version integer not null, -- the version of the Alert whose explanation the person saw
	disagrees boolean not null, -- false: the person took the disagreement back
	code text not null,
	explanation text not null,
	said_by text not null,
	said_by_id text not null,
	said_at timestamptz not null default now()
);
create index disagreement_alert on disagreement (supplier_id, alert_id, said_by_id, version, id);
create index disagreement_time on disagreement (supplier_id, said_at);

-- The hours at which the shifts of a Supplier begin; no row: the hours of the domain's default.
create table shift_hours (
	supplier_id smallint primary key references supplier,
	hours jsonb not null, -- ShiftHours (src/lib/domain/desk/shift-hours.ts)
	saved_by text not null,
	saved_at timestamptz not null default now()
);

-- A selection: the Alerts that matched some filters at one instant, with the versions they had. One action may act on it.
create table selection (
	id bigint generated always as identity primary key,
	supplier_id smallint not null references supplier,
	filters jsonb not null,
	size integer not null,
	created_by_id text not null,
	created_at timestamptz not null,
	expires_at timestamptz not null, -- no action starts after this time
	action jsonb, -- a DeskAction (src/lib/server/selections/desk-action.ts); null: no action has started
	started_at timestamptz,
	ended_at timestamptz -- null: the action has not started or is not complete
);
create index selection_running on selection (started_at) where started_at is not null and ended_at is null;
create index selection_age on selection (created_at);

-- At most 500 Alerts of a selection. The transaction that acts on a batch also writes its result, so no batch is done
-- twice.
create table selection_batch (
	selection_id bigint not null references selection on delete cascade,
	supplier_id smallint not null references supplier,
	place integer not null,
	ids bigint[] not null,
	versions integer[] not null,
	done integer, -- null: the batch waits
	conflicts jsonb, -- [{id, version}]
	refused jsonb, -- [{id, why}]
	primary key (selection_id, place)
);

grant update (shelved, shelved_until, assignee, comments) on supplier_alert to causeway_web;
grant insert on decision to causeway_worker; -- a worker carries out the decision of a person on a selection

do $$
declare
	name text;
begin
	foreach name in array array['desk_action', 'comment', 'disagreement', 'shift_hours', 'selection', 'selection_batch'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy own_supplier on %I to causeway_web using (supplier_id = current_supplier()) with check (supplier_id = current_supplier())', name);
		execute format('create policy workers on %I to causeway_worker using (true) with check (true)', name);
		execute format('grant select, insert on %I to causeway_web', name);
		execute format('grant select on %I to causeway_worker', name);
	end loop;
end $$;
grant update on shift_hours, selection to causeway_web;
grant insert on desk_action to causeway_worker;
grant update, delete on selection, selection_batch to causeway_worker;
