-- Alerts on which what was learned anew may bear: the codes of a Supplier, gone through from the newest Alert down, behind
-- the hot path and a few at a time. They were rung for in one go, while nobody could explain anything.
create table learned_again (
	supplier_id smallint not null references supplier,
	code text not null,
	below bigint not null, -- the Alerts before this one have not been looked at
	budget integer not null, -- how many more are
	primary key (supplier_id, code)
);
alter table learned_again enable row level security;
alter table learned_again force row level security;
create policy workers on learned_again to causeway_worker using (true) with check (true);
grant select, insert, update, delete on learned_again to causeway_worker;
