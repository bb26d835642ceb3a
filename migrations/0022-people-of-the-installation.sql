-- People of the installation, who belong to no Supplier. One cause table serves all Suppliers, so that only these
-- people propose and activate a version. Also the Alerts that no Supplier sees.

alter table member alter column supplier_id drop not null;
alter table member drop constraint member_role_check;
alter table member add constraint member_role_check check (
	case when supplier_id is null then role in ('engineer', 'admin')
	else role in ('viewer', 'controller', 'lead', 'officer', 'engineer') end
);

-- The Supplier whose people drafted the version; null: the product or people of the installation. Other Suppliers see
-- the draft of a Supplier only after somebody has proposed it.
alter table cause_table add column supplier_id smallint references supplier;
alter table cause_table_history add column supplier_id smallint references supplier;
update cause_table t set supplier_id = m.supplier_id from member m where m.user_id = t.drafted_by_id;
update cause_table_history h set supplier_id = m.supplier_id from member m where m.user_id = h.done_by_id;

-- The figures of a replay over all Suppliers, for the people of the installation: numbers without any Alert or Device.
-- A replay that ran before this migration has none, so that nobody can activate by it: it must run again.
alter table what_if_run
	add column supplier_id smallint references supplier, -- of the person who started it; null: of the installation
	add column suppliers integer not null default 0,
	add column progress integer not null default 0,
	add column total integer not null default 0,
	add column changed integer not null default 0,
	add column changes jsonb not null default '[]';
update what_if_run r set revision = 0,
	supplier_id = (select supplier_id from member where user_id = r.started_by_id);

-- Alerts that no Supplier sees: their Device is in no inventory, or in no tenure at the time, and they have no known
-- addressee. The worker keeps these rows. The primary key serves the list by Device and code.
create table unseen_alert (
	device_id bytea not null check (length(device_id) = 8),
	code text not null,
	effective_at timestamptz not null,
	alert_id bigint not null,
	primary key (device_id, code, effective_at, alert_id)
);
create index unseen_alert_id on unseen_alert (alert_id);
grant select on unseen_alert to causeway_web;
grant select, insert, delete on unseen_alert to causeway_worker;

insert into unseen_alert (device_id, code, effective_at, alert_id)
select a.device_id, a.code, a.effective_at, a.id from alert a
where not exists (select from supplier_alert s where s.alert_id = a.id)
	and a.id not in (select unnest(ids) from doorbell where job = 'correlate-alerts');
