-- Lets several web processes and workers share one database: numbers of processes for ids, counted sign-in attempts, and
-- the age of doorbells.

-- The 1,024 numbers that tell the ids of processes apart (src/lib/server/postgres/id-leases.ts). A process leases one
-- number and makes ids of the instants up to `ids_until` only. The next holder begins after `ids_until`, so that no two
-- holders of a number can make the same id.
create table id_lease (
	number smallint primary key check (number between 0 and 1023),
	holder uuid, -- null: nobody holds the number
	expires_at timestamptz not null default now(), -- after this instant another process may take the number
	ids_until bigint not null default (extract(epoch from now()) * 1000)::bigint -- ms since 1970
);
insert into id_lease (number) select generate_series(0, 1023);
grant select, update on id_lease to causeway_ingest;

-- The sign-in attempts by network address, counted by the sign-in library (better-auth) for all web processes together.
create table "rateLimit" (
	"id" text primary key,
	"key" text not null unique,
	"count" integer not null,
	"lastRequest" bigint not null
);
grant select, insert, update, delete on "rateLimit" to causeway_web;

-- When the work was stored. `rung_at` moves with every new job for the doorbell, and does not tell the age.
alter table doorbell add column stored_at timestamptz not null default now();
