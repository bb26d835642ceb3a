// The numbers of PostgreSQL's advisory locks, a different number for each lock. The ids of Alerts also serve as numbers
// of advisory locks, and are far greater than the numbers here.
export const LOCKS = {
	/** Held by a process that applies migrations, makes partitions or drops partitions. */
	tables: 4_716_001,
	/** Held by a transaction that seeds, saves, proposes or activates a version of the cause table. */
	causeTable: 4_716_002,
	/**
	 * Shared by all transactions that explain Alerts for the first time. After a correction of tenures, a job takes
	 * this lock exclusively for a moment. When the job gets the lock, every first explanation that read the old tenures
	 * has ended.
	 */
	firstExplanations: 4_716_004,
	/**
	 * Shared by all transactions that explain Alerts. A change of the learned patterns takes this lock exclusively, so
	 * that no explanation uses the old patterns after the change.
	 */
	learned: 4_716_005,
	/**
	 * Held by the only worker that counts samples. If two workers counted the same sample, both would subtract its
	 * former count.
	 */
	counting: 4_716_006,
	/** Held by the only process that fills the Redis index from the database. */
	filling: 4_716_007,
	/** Held by the only process that fills the index of runs from the database, or checks the runs of keys in doubt. */
	runs: 4_716_008
} as const;
