-- Episodes: what is one matter, per Supplier. Grouping follows the Supplier's feed, behind the hot path.

create table episode (
	id bigint generated always as identity primary key,
	supplier_id smallint not null references supplier,
	key text not null,
	kind text not null,
	facts jsonb not null, -- of its first Alert
	first_at timestamptz not null,
	last_at timestamptz not null,
	members integer not null,
	devices integer not null,
	occurrences bigint not null,
	at_least boolean not null,
	priority smallint not null,
	version integer not null default 1,
	decision jsonb
);
create index episode_key_time on episode (supplier_id, key, last_at);
create index episode_recent on episode (supplier_id, last_at);

-- Every Alert under each key that it could be grouped by; `episode_id` where the run of that key is an episode.
create table episode_member (
	supplier_id smallint not null,
	alert_id bigint not null,
	rank smallint not null, -- 0: the key that the Alert prefers
	key text not null,
	at timestamptz not null,
	device_id text not null,
	episode_id bigint,
	primary key (supplier_id, alert_id, rank)
) partition by range (alert_id);
create index episode_member_key on episode_member (supplier_id, key, at);

alter table supplier_alert
	add column episode_id bigint,
	add column episode_version integer, -- the version of the episode when the Alert joined it
	add column said_version integer not null default 1; -- the version that last changed explanation or decision
update supplier_alert set said_version = version;
create index supplier_alert_episode on supplier_alert (supplier_id, episode_id) where episode_id is not null;
update supplier_alert set body = body - 'episodeId';

-- The SHA-256 of the firmware image that a receipt Alert tells of (8F72, 8F1C): it names an image, never its content.
alter table alert add column image_hash text;

-- How far a follower of the feeds has come.
create table feed_cursor (
	follower text not null,
	supplier_id smallint not null references supplier,
	seq bigint not null default 0,
	primary key (follower, supplier_id)
);

grant select, insert, update, delete on episode, episode_member to causeway_worker;
grant select, insert, update on feed_cursor to causeway_worker;
grant select on episode, episode_member to causeway_web;
grant update (said_version) on supplier_alert to causeway_web;
grant update (version, decision) on episode to causeway_web;

do $$
declare
	name text;
begin
	foreach name in array array['episode', 'episode_member'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy own_supplier on %I to causeway_web using (supplier_id = current_supplier()) with check (supplier_id = current_supplier())', name);
		execute format('create policy workers on %I to causeway_worker using (true) with check (true)', name);
	end loop;
end $$;
