-- What is put right later: tenures, and Service Requests that are told in parts.

-- What a Supplier no longer sees. Insert-only: an Alert with its explanation and Decision as the Supplier last read it, taken out of `supplier_alert` and
-- so out of every read. No grant for `causeway_web`: it is the record, for audit; and where the tenure is put back, the
-- next version and the Decision follow on it.
create table retracted_alert (
	supplier_id smallint not null references supplier,
	alert_id bigint not null,
	seq bigint not null, -- of the entry in the Supplier's feed that says so
	version integer not null,
	explanation text not null,
	body jsonb not null,
	decision jsonb,
	retracted_at timestamptz not null default now(),
	primary key (supplier_id, alert_id, seq)
) partition by range (alert_id);

grant select, insert on retracted_alert to causeway_worker;
grant delete on supplier_alert to causeway_worker;

alter table retracted_alert enable row level security;
alter table retracted_alert force row level security;
create policy workers on retracted_alert to causeway_worker using (true) with check (true);

-- Whose tenure of a Device was superseded: who may have read its Alerts before.
create index tenure_superseded on tenure (device_id) where superseded_at is not null;

-- When the response was that gave `response_code`: a later response without a code must not make the next code older.
alter table service_request add column code_at timestamptz;
