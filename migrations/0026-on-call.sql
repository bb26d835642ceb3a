-- On call: channels, rotas and routes of each Supplier, the pages that the routes open, and every try to send a page.

alter table member drop constraint member_role_check;
alter table member add constraint member_role_check check (
	case when supplier_id is null then role in ('engineer', 'admin')
	else role in ('viewer', 'controller', 'lead', 'on-call', 'officer', 'engineer') end
);

-- The way by which a person answered: the console, the API, a push, a link of an e-mail, or an incident service.
alter table decision add column channel text not null default 'console';

create table on_call_channel (
	id integer generated always as identity primary key,
	supplier_id smallint not null references supplier,
	name text not null,
	kind text not null,
	settings jsonb not null, -- without secrets
	secrets bytea, -- sealed with a key that is derived from AUTH_SECRET; null: the channel has no secret
	saved_by text not null,
	saved_at timestamptz not null default now(),
	tested_at timestamptz, -- when the last test message was accepted
	unique (supplier_id, name)
);

create table on_call_rota (
	id integer generated always as identity primary key,
	supplier_id smallint not null references supplier,
	name text not null,
	definition jsonb not null, -- a Rota (src/lib/domain/on-call/rota.ts)
	calendar_nonce text not null, -- part of the private address of the calendar; a new value ends the old address
	tested_on date, -- the day, in the time zone of the rota, of its last test page
	saved_by text not null,
	saved_at timestamptz not null default now(),
	unique (supplier_id, name)
);

-- The private address of the calendar of one person, with the shifts of all rotas.
create table on_call_calendar (
	user_id text primary key references "user" ("id") on delete cascade,
	supplier_id smallint not null references supplier,
	nonce text not null -- a new value ends the old address
);

create table on_call_route (
	id integer generated always as identity primary key,
	supplier_id smallint not null references supplier,
	name text not null,
	place integer not null, -- the first route that matches opens the page
	enabled boolean not null,
	definition jsonb not null, -- a Route (src/lib/domain/on-call/route.ts)
	saved_by text not null,
	saved_at timestamptz not null default now(),
	unique (supplier_id, name)
);

create table on_call_maintenance (
	id integer generated always as identity primary key,
	supplier_id smallint not null references supplier,
	from_at timestamptz not null,
	to_at timestamptz not null,
	definition jsonb not null, -- the Alerts whose pages wait (src/lib/domain/on-call/maintenance.ts)
	note text not null,
	saved_by text not null,
	saved_at timestamptz not null default now(),
	check (to_at > from_at)
);
create index on_call_maintenance_end on on_call_maintenance (supplier_id, to_at);

-- A page: the request to a person to look at one episode, one Alert that stands alone, a fault of a feed, or a test.
create table page (
	id bigint generated always as identity primary key,
	supplier_id smallint not null references supplier,
	subject text not null check (subject in ('alert', 'episode', 'feed', 'test')),
	subject_key text not null, -- what the page is about; two pages that are not resolved never share it
	alert_id bigint, -- the Alert that opened the page; null: no Alert did
	episode_id bigint,
	route text not null,
	plan jsonb not null, -- who gets the page and when, as the route said when the page opened
	priority smallint not null,
	state text not null default 'open' check (state in ('open', 'acknowledged', 'resolved')),
	held_until timestamptz, -- quiet hours or maintenance: nobody is told before this time; null: not held
	held_why text,
	step integer not null default 0, -- how far the page has escalated
	step_at timestamptz, -- when the page escalates next; null: never
	step_seconds integer not null default 0, -- the wait that `step_at` was set with
	opened_at timestamptz not null default now(),
	acknowledged jsonb, -- {by, byId, at, channel}
	resolved jsonb, -- {by, byId, at, channel, why}
	resolved_at timestamptz,
	alarm text check (alarm in ('unreached', 'unanswered')), -- shown in the console until somebody answers
	alerts integer not null default 0,
	more_alerts integer not null default 0, -- further Alerts of the route that a flood of pages folded into this page
	content jsonb not null, -- what the page says (PageContent of src/lib/domain/on-call/page.ts)
	version integer not null default 1
);
create unique index page_unresolved on page (supplier_id, subject_key) where state <> 'resolved';
create index page_recent on page (supplier_id, id);
create index page_subject on page (supplier_id, subject_key, id);
create index page_resolved on page (supplier_id, resolved_at) where resolved_at is not null;
create index page_step on page (step_at) where step_at is not null;
create index page_held on page (held_until) where held_until is not null;
create index page_alarm on page (supplier_id, id) where alarm is not null;

-- The Alerts that a page is about.
create table page_alert (
	supplier_id smallint not null,
	alert_id bigint not null,
	page_id bigint not null references page on delete cascade,
	primary key (supplier_id, alert_id, page_id)
);
create index page_alert_page on page_alert (page_id, alert_id);

-- Insert-only: all that happened to a page, with who did it and by which channel. Also the events that receivers get.
create table page_event (
	id bigint generated always as identity primary key,
	key uuid not null default gen_random_uuid(), -- the `webhook-id`: the same in every try
	supplier_id smallint not null,
	page_id bigint not null references page on delete cascade,
	type text not null check (type in ('opened', 'updated', 'acknowledged', 'resolved')),
	why text not null,
	actor jsonb, -- {by, byId, channel}; null: Causeway
	state text not null, -- of the page, just after the event
	content jsonb not null,
	at timestamptz not null default now()
);
create index page_event_page on page_event (page_id, id);

-- One event for one receiver: a person by a channel, or the target of a channel.
create table delivery (
	id bigint generated always as identity primary key,
	supplier_id smallint not null,
	page_id bigint not null references page on delete cascade,
	event_id bigint not null references page_event on delete cascade,
	step integer not null,
	channel text not null,
	kind text not null,
	recipient jsonb, -- {userId, name, email}; null: the target of the channel
	recipient_key text not null default '',
	state text not null default 'queued' check (state in ('queued', 'sent', 'delivered', 'failed')),
	attempts integer not null default 0,
	next_at timestamptz default now(), -- when the next try is due; null: no further try
	leased_until timestamptz, -- a worker sends now; after this time another worker may
	wait_seconds double precision not null default 0, -- the wait that `next_at` was set with
	at timestamptz not null default now(), -- when the state last changed
	error text,
	unique (event_id, channel, recipient_key)
);
create index delivery_due on delivery (next_at) where next_at is not null;
create index delivery_page on delivery (page_id, id);
create index delivery_channel on delivery (supplier_id, channel, id);
create index delivery_failed on delivery (supplier_id, id) where state = 'failed' and next_at is null;

-- Insert-only: every try to send.
create table delivery_try (
	id bigint generated always as identity primary key,
	supplier_id smallint not null,
	delivery_id bigint not null references delivery on delete cascade,
	at timestamptz not null,
	ms integer not null,
	outcome text not null check (outcome in ('sent', 'delivered', 'failed')),
	status integer, -- the HTTP or SMTP status; null: no answer came
	error text
);
create index delivery_try_delivery on delivery_try (delivery_id, id);

-- The browsers that get pushes.
create table push_subscription (
	id integer generated always as identity primary key,
	supplier_id smallint not null references supplier,
	user_id text not null references "user" ("id") on delete cascade,
	endpoint text not null unique,
	keys bytea not null, -- sealed
	agent text not null, -- the browser, for the person to tell devices apart
	added_at timestamptz not null default now(),
	last_ok_at timestamptz
);
create index push_subscription_user on push_subscription (user_id);

-- Keys of the installation that Causeway makes itself, such as the key that signs pushes.
create table installation_key (
	name text primary key,
	public text not null,
	sealed bytea not null,
	made_at timestamptz not null default now()
);

-- The one-time links that people have used.
create table used_answer_link (
	nonce text primary key,
	supplier_id smallint not null references supplier,
	page_id bigint not null references page on delete cascade,
	used_at timestamptz not null default now()
);

-- The change that on-call read last of each feed stands in `feed_cursor`, under the follower `on-call`.

grant select on installation_key to causeway_web, causeway_worker;
grant insert on installation_key to causeway_web, causeway_worker;
-- A worker pages about feeds that have stopped.
grant select on feed_heard to causeway_worker;
create policy workers on feed_heard for select to causeway_worker using (true);

grant select on member to causeway_worker;
grant select ("id", "name", "email") on "user" to causeway_worker;

do $$
declare
	name text;
begin
	foreach name in array array['on_call_channel', 'on_call_rota', 'on_call_calendar', 'on_call_route', 'on_call_maintenance', 'page', 'page_alert',
		'page_event', 'delivery', 'delivery_try', 'push_subscription', 'used_answer_link'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy own_supplier on %I to causeway_web using (supplier_id = current_supplier()) with check (supplier_id = current_supplier())', name);
		execute format('create policy workers on %I to causeway_worker using (true) with check (true)', name);
		execute format('grant select, insert on %I to causeway_web, causeway_worker', name);
	end loop;
	foreach name in array array['on_call_channel', 'on_call_rota', 'on_call_calendar', 'on_call_route', 'on_call_maintenance', 'push_subscription'] loop
		execute format('grant update, delete on %I to causeway_web, causeway_worker', name);
	end loop;
	foreach name in array array['page', 'delivery'] loop
		execute format('grant update on %I to causeway_web, causeway_worker', name);
	end loop;
	grant delete on page, page_alert to causeway_worker;
	grant insert, update on feed_cursor to causeway_web;
end $$;
