-- What the passing of time, and new evidence after a Decision, have to tell.

alter table supplier_alert
	add column due_at timestamptz, -- the explanation is due again then: instructions of a command that did not report
	add column contradicted boolean not null default false; -- new evidence speaks against the Decision
create index supplier_alert_due on supplier_alert (due_at) where due_at is not null;
create index supplier_alert_contradicted on supplier_alert (supplier_id, alert_id) where contradicted;
drop index supplier_alert_open;
create index supplier_alert_open on supplier_alert (supplier_id, alert_id) where decision is null or contradicted;

update supplier_alert set body = body || '{"commandOutcome": null, "forward": null}';

grant update (contradicted) on supplier_alert to causeway_web;
