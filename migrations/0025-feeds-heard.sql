-- When records last arrived, for each Supplier that may see them and each kind of record. Web processes note it at most once
-- in two seconds (src/lib/server/ingest/heard-feeds.ts), so that a feed that has stopped shows.

create table feed_heard (
	supplier_id smallint references supplier, -- null: all records of the installation's keys, of whatever Supplier
	kind text not null check (kind in ('device', 'service-request', 'alert')),
	own boolean not null, -- whether keys of `supplier_id` fed the records; false: keys of the installation did
	last_at timestamptz not null,
	longest_gap_seconds double precision -- the longest recent time between two notes; null: there is one note only
);
create unique index feed_heard_of on feed_heard (coalesce(supplier_id, 0), kind, own);
alter table feed_heard enable row level security;
alter table feed_heard force row level security;
create policy writers on feed_heard to causeway_ingest using (true) with check (true);
grant select, insert, update on feed_heard to causeway_ingest;

-- What had arrived before this migration. The time of an Alert follows from its id. The Service Requests of each Supplier
-- are not searched, because their next record notes them.
insert into feed_heard (supplier_id, kind, own, last_at)
select s.id, 'alert', false, to_timestamp(((newest.alert_id >> 22) + 1577836800000) / 1000.0)
from supplier s cross join lateral (
	select alert_id from supplier_alert where supplier_id = s.id order by alert_id desc limit 1
) newest;
insert into feed_heard (supplier_id, kind, own, last_at)
select t.supplier_id, 'device', false, max(t.recorded_at) from tenure t where t.superseded_at is null group by t.supplier_id;
insert into feed_heard (supplier_id, kind, own, last_at)
select null::smallint, kind, true, max(last_at) from feed_heard group by kind;
