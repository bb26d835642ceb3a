-- Indexes that begin with what is many. One that begins with the Supplier serves any statement of one Supplier, badly: a
-- session that plans while a week's tables are empty may take it, read all that the Supplier has there, and go on so.

drop index supplier_alert_device;
create index supplier_alert_device on supplier_alert (device_id, effective_at);
drop index episode_member_key;
create index episode_member_key on episode_member (key, supplier_id, at);
