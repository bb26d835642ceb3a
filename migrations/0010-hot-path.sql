-- What an Alert costs on its way: measured with npm run bench, explained in docs/performance.md.

-- Tenures are read by Device with every batch of Alerts: from the index alone.
drop index tenure_device;
create index tenure_device on tenure (device_id) include (supplier_id, during) where superseded_at is null;

-- Explanations are some two kilobytes of JSON: a faster compression, where this PostgreSQL has it.
do $$
declare
	part regclass;
begin
	for part in select 'supplier_alert'::regclass union select inhrelid::regclass from pg_inherits where inhparent = 'supplier_alert'::regclass loop
		execute format('alter table %s alter column body set compression lz4', part);
	end loop;
exception when feature_not_supported then
	null;
end $$;

-- Suppliers are never deleted, and only who has just read their ids writes these rows.
alter table supplier_alert drop constraint supplier_alert_supplier_id_fkey;

-- What is most critical, and of that the newest, is explained first when there is a backlog; small doorbells are
-- worked on together.
alter table doorbell
	add column urgent boolean not null default false,
	add column size integer not null generated always as (cardinality(ids)) stored;
grant select (job, size, again) on doorbell to causeway_ingest;
