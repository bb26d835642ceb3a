-- Samples are replaced by Device, code and hour, whoever has them: the key begins there. By an index of hours all samples of
-- the hour that goes on were read for each of them, for the statistics do not know that one yet; it serves forgetting alone.
alter table learned_sample drop constraint learned_sample_pkey, add primary key (device_id, code, hour, supplier_id);
drop index learned_sample_hour;
create index learned_sample_hour on learned_sample using brin (hour);
-- Counting the Devices of a pattern asks for one Supplier's samples of one code.
create index learned_sample_pattern on learned_sample (supplier_id, code, device_type);
