-- Episodes that have grown large are known by where they lie and counted by difference, not by reading their members.

alter table episode
	add column run_from timestamptz, -- where the run of its key lies; null: few enough members to be read each time
	add column run_to timestamptz,
	add column changed_at timestamptz, -- when a large one last changed
	add column unsure_since timestamptz, -- when it first changed after its members were last read in full
	add column look_from timestamptz, -- what a full look has covered that is not finished yet
	add column look_to timestamptz;
create index episode_large on episode (supplier_id, run_to) where run_from is not null;
create index episode_unsure on episode (unsure_since) where unsure_since is not null;
