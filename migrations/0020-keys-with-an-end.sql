-- API keys have a name and an end. Suppliers and people can be disabled without losing what they did.
alter table api_key
	add column name text check (length(name) between 1 and 100),
	add column expires_at timestamptz; -- null: the key has no end
alter table supplier add column disabled_at timestamptz; -- null: the Supplier is active
alter table member add column disabled_at timestamptz; -- null: the person may sign in
