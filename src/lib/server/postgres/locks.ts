// Lists the numbers of PostgreSQL's advisory locks. Each lock has a number of its own. The ids of Alerts serve as
// numbers of advisory locks too, and are far greater than the numbers here.
export const LOCKS = {
	/** Held by a process that applies migrations, makes partitions or drops partitions. */
	tables: 4_716_001,
	/** Held by a transaction that seeds, saves, proposes or activates a version of the cause table. */
	causeTable: 4_716_002,
	/**
	 * Shared by all transactions that explain Alerts for the first time. After a correction of tenures, a job takes it
	 * exclusively for a moment: every first explanation that read the old tenures has then ended.
	 */
	firstExplanations: 4_716_004,
	/**
	 * Shared by all transactions that explain Alerts. A change of the learned patterns takes it exclusively, so that no
	 * explanation uses the old patterns after the change.
	 */
	learned: 4_716_005,
	/** Held by the one worker that counts samples. Two workers with one sample would both subtract its former count. */
	counting: 4_716_006
} as const;
