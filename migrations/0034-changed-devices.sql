-- When the attributes of a Device last changed; null: never since they were first stated. A Supplier whose tenure had
-- ended by then does not read the later attributes.
alter table device add column changed_at timestamptz;
