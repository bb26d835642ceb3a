-- An Alert has keys up to the one that makes its episode, and no further: the runs of the others do without it. An episode
-- that was large enough only by Alerts that belong elsewhere ends when something comes near it.

delete from episode_member m using episode_member b
where b.supplier_id = m.supplier_id and b.alert_id = m.alert_id and b.rank < m.rank and b.episode_id is not null;

-- What joins a large episode that goes on does so in the entry that explains it for the first time; grouping counts it when
-- it has come there.
alter table feed add column joins boolean not null default false;
create index episode_changed on episode (changed_at) where changed_at is not null;

-- A decision on an episode leaves out what grouping has not come to.
alter table feed_cursor enable row level security;
alter table feed_cursor force row level security;
create policy own_supplier on feed_cursor for select to causeway_web using (supplier_id = current_supplier());
create policy workers on feed_cursor to causeway_worker using (true) with check (true);
grant select on feed_cursor to causeway_web;
