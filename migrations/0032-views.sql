-- Views of the list that people save, and how far each person has looked at each view.

create table saved_view (
	id integer generated always as identity primary key,
	supplier_id smallint not null references supplier,
	name text not null check (length(name) between 1 and 60),
	base text not null, -- the view that the filters narrow (src/lib/domain/desk/list-view.ts)
	filters jsonb not null, -- FacetFilters (src/lib/domain/alert-facets.ts)
	shared boolean not null,
	owner text not null,
	owner_id text not null,
	saved_at timestamptz not null default now()
);
create index saved_view_supplier on saved_view (supplier_id, id);

create table view_look (
	supplier_id smallint not null references supplier,
	person_id text not null,
	view text not null, -- the name of a view that every desk has, or the id of a saved view
	seen_id bigint not null, -- the person has seen the Alerts up to this id
	looked_at timestamptz not null default now(),
	primary key (supplier_id, person_id, view)
);

do $$
declare
	name text;
begin
	foreach name in array array['saved_view', 'view_look'] loop
		execute format('alter table %I enable row level security', name);
		execute format('alter table %I force row level security', name);
		execute format('create policy own_supplier on %I to causeway_web using (supplier_id = current_supplier()) with check (supplier_id = current_supplier())', name);
		execute format('grant select, insert, update, delete on %I to causeway_web', name);
	end loop;
end $$;
