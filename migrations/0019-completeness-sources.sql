-- Sources of audit data. Each source belongs to the installation or to one Supplier, and only keys of its owner move its
-- completeness mark. The mark of a Supplier's source bears on the explanations of that Supplier alone.

alter table completeness rename to completeness_source;
alter table completeness_source
	add column supplier_id smallint references supplier, -- null: the source serves the whole installation
	add column registered_at timestamptz not null default now(),
	alter column complete_until drop not null, -- null: the source is registered and has not reported yet
	drop constraint completeness_pkey;
alter table completeness_source rename column recorded_at to reported_at;
alter table completeness_source alter column reported_at drop not null, alter column reported_at drop default;
create unique index completeness_source_of_owner on completeness_source (coalesce(supplier_id, 0), source);

grant delete on completeness_source to causeway_ingest;
alter table completeness_source enable row level security;
alter table completeness_source force row level security;
create policy shared_or_own on completeness_source for select to causeway_web
	using (supplier_id is null or supplier_id = current_supplier());
create policy writers on completeness_source to causeway_ingest using (true) with check (true);
create policy workers on completeness_source for select to causeway_worker using (true);
