-- Who fed a record. What a key of the installation feeds is evidence for every Supplier that may see it. What a key of a
-- Supplier feeds is evidence for that Supplier alone. In keys of tables the installation is 0, because a key holds no null.

-- What the installation says of a Device, and what Suppliers say of it for themselves.
alter table device
	add column said_by smallint not null default 0, -- a Supplier; 0: the installation
	add column said_key integer; -- the API key of the last statement
alter table device drop constraint device_pkey, add primary key (device_id, said_by);
create index device_said on device (device_id) where said_by > 0;
grant delete on device to causeway_ingest;
alter table device enable row level security;
alter table device force row level security;
create policy shared_or_own on device for select to causeway_web using (said_by in (0, current_supplier()));
create policy writers on device to causeway_ingest using (true) with check (true);
create policy workers on device for select to causeway_worker using (true);

alter table tenure
	add column stated_by smallint, -- a Supplier that claimed the tenure for itself; null: the installation
	add column stated_key integer;
-- Tenures are read by Device with every batch of Alerts: from the index alone (0010), so that the index has every column.
drop index tenure_device;
create index tenure_device on tenure (device_id) include (supplier_id, during, stated_by) where superseded_at is null;

-- The same RequestID, and the same message id, once for each feeder.
alter table request_key add column fed_by smallint not null default 0;
alter table request_key drop constraint request_key_pkey, add primary key (key, fed_by);
alter table service_request
	add column fed_by smallint not null default 0,
	add column fed_key integer; -- null: stored before keys were kept
alter table message_key add column fed_by smallint not null default 0;
update message_key m set fed_by = a.fed_by from alert a where a.id = m.alert_id and a.fed_by is not null;
alter table message_key drop constraint message_key_pkey, add primary key (key, fed_by);
-- Each Alert of the installation asks whether a Supplier has fed the same message.
create index message_key_of_supplier on message_key (key) where fed_by > 0;
alter table alert
	add column fed_key integer, -- null: stored before keys were kept, and then every entitled Supplier sees the Alert
	add column own_copies smallint[]; -- the Suppliers that had fed this message themselves, and see their own copy

drop policy own_tenure on service_request;
create policy own_tenure on service_request for select to causeway_web using (
	fed_by in (0, current_supplier()) and (
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
	)
);
grant select (fed_by) on service_request to causeway_web;

-- Records that the key of a Supplier was not entitled to feed: counted for each key, kind, reason and minute.
create table refused_write (
	minute timestamptz not null,
	key_id integer not null references api_key,
	supplier_id smallint not null references supplier,
	kind text not null,
	reason text not null,
	records bigint not null,
	device_ids bytea[] not null, -- some of the Devices that the records named
	primary key (key_id, kind, reason, minute)
);
create index refused_write_recent on refused_write (minute);
alter table refused_write enable row level security;
alter table refused_write force row level security;
create policy writers on refused_write to causeway_ingest using (true) with check (true);
grant select, insert, update on refused_write to causeway_ingest;
grant select (id, name, hint) on api_key to causeway_ingest;
