-- New explanations are stored as facts (src/lib/server/feed/stored-body.ts). Rows of before stay as they are: a body that
-- holds facts has the field `v`. What both forms have under the same path is written there.

-- The words that explanations take from a version of the cause table, by its entries: the guidance, and of each cause the
-- mechanism and the usual and the longest delay. The words of a version that has been active never change.
create table cause_words (
	version text not null references cause_table,
	alert text not null, -- the name of the entry
	words json not null,
	primary key (version, alert)
);
grant select, insert on cause_words to causeway_web, causeway_worker;

create function keep_cause_words(of_version text) returns void language sql as $$
	insert into cause_words (version, alert, words)
	select t.version, e->>'alert', json_build_object('guidance', e->'guidance', 'causes', (
		select coalesce(json_object_agg(c->>'id', json_build_array(c->'mechanism', c->'typicalSeconds', c->'maxSeconds')), '{}')
		from jsonb_array_elements(e->'causes') c
	))
	from cause_table t cross join lateral jsonb_array_elements(t.body->'entries') e
	where t.version = of_version
	on conflict do nothing
$$;
select keep_cause_words(version) from cause_table where activated_at is not null;

-- The archive keeps the columns with which the body is read. Absent in rows of before: their bodies are whole.
alter table retracted_alert add column columns json;
