-- The cause table as data: every version with who made, proposed and activated it, and what-if replays of drafts.

create table cause_table (
	version text primary key,
	body jsonb not null,
	status text not null check (status in ('draft', 'proposed', 'active', 'retired')),
	revision integer not null default 1, -- counts the times that a draft was saved
	based_on text,
	note text,
	shipped boolean not null default false, -- came with the product, not from people
	drafted_by text not null,
	drafted_by_id text not null,
	drafted_at timestamptz not null default now(),
	proposed_by text,
	proposed_by_id text,
	proposed_at timestamptz,
	activated_by text,
	activated_by_id text,
	activated_at timestamptz,
	check (shipped or activated_by_id is null or activated_by_id <> proposed_by_id) -- two persons
);
create unique index cause_table_active on cause_table (status) where status = 'active';

-- Insert-only: who did what to which version, and the table that was saved.
create table cause_table_history (
	id bigint generated always as identity primary key,
	version text not null references cause_table,
	what text not null,
	done_by text not null,
	done_by_id text not null,
	done_at timestamptz not null default now(),
	revision integer not null,
	body jsonb -- where it was saved
);
create index cause_table_history_version on cause_table_history (version, id);

-- The replay of a draft: one at a time for each version. It holds no figures of any Supplier.
create table what_if_run (
	version text primary key references cause_table,
	run uuid not null, -- a new start is a new run; the one before finds that it is no longer meant
	revision integer not null,
	against text not null references cause_table,
	state text not null check (state in ('waiting', 'running', 'done', 'failed')),
	attempts integer not null default 0,
	touched_at timestamptz, -- by the worker that runs it
	since timestamptz not null,
	stopped_early boolean not null default false,
	fault text,
	started_by text not null,
	started_by_id text not null,
	started_at timestamptz not null default now(),
	finished_at timestamptz
);

-- What it found among one Supplier's Alerts.
create table what_if (
	version text not null references cause_table,
	supplier_id smallint not null references supplier,
	run uuid not null,
	progress integer not null default 0,
	total integer not null,
	changed integer not null default 0,
	result jsonb not null default '[]',
	primary key (version, supplier_id)
);

grant select, insert, update on cause_table to causeway_web, causeway_worker;
grant select, insert on cause_table_history to causeway_web, causeway_worker;
grant select, insert, update on what_if_run to causeway_web;
grant select, update on what_if_run to causeway_worker;
grant select on what_if to causeway_web;
grant select, insert, update, delete on what_if to causeway_worker;

alter table what_if enable row level security;
alter table what_if force row level security;
create policy own_supplier on what_if to causeway_web
	using (supplier_id = current_supplier()) with check (supplier_id = current_supplier());
create policy workers on what_if to causeway_worker using (true) with check (true);
