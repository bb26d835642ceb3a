-- What a Supplier reads of an Alert is written once and read whole, some kilobyte and a half of it: as text it is neither
-- taken apart nor compressed on its way (docs/performance.md). What is counted and filtered by has columns of its own.

drop index supplier_alert_decided;
drop function decided_on(text, text, jsonb);

alter table supplier_alert
	alter column body type json using body::json,
	add column priority smallint,
	add column occurrences bigint,
	add column throttled boolean;
update supplier_alert set priority = (body->>'priority')::smallint, occurrences = (body->>'occurrences')::bigint,
	throttled = (body->>'throttled')::boolean;
alter table supplier_alert
	alter column priority set not null,
	alter column occurrences set not null,
	alter column throttled set not null;

-- A row of up to a page stays as it is; new partitions are made so (src/lib/server/partitions.ts).
do $$
declare
	part regclass;
begin
	for part in select inhrelid::regclass from pg_inherits where inhparent = 'supplier_alert'::regclass loop
		execute format('alter table %s set (toast_tuple_target = 8160)', part);
	end loop;
end $$;

create function decided_on(code text, explanation text, body json) returns text language sql immutable parallel safe as $$
	select code || '|' || coalesce(
		(body #>> '{candidates,0,serviceReferenceVariant}') || '|' || (body #>> '{candidates,0,userRole}'), explanation)
$$;
create index supplier_alert_decided on supplier_alert (supplier_id, decided_on(code, explanation, body)) where decision is not null;
