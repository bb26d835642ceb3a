-- What grouping itself writes into the feeds is no news to it.

alter table feed add column is_move boolean not null default false;
