// The locks of the record that are not of a row (PostgreSQL's advisory locks): any numbers, but each a different one. Ids of
// Alerts, which are locked the same way, are far greater.
export const LOCKS = {
	/** Whoever brings the tables to the newest schema, makes partitions of weeks to come, or drops old ones. */
	tables: 4_716_001,
	/** Whoever seeds, saves, proposes or activates a version of the cause table. */
	causeTable: 4_716_002,
	/**
	 * Shared by all who explain Alerts for the first time. Whoever takes it alone, for a moment, knows that no first
	 * explanation is under way on tenures that have been corrected since.
	 */
	firstExplanations: 4_716_004,
	/** Shared by whoever explains, and taken alone by whoever changes what is offered: nobody explains by what was before. */
	learned: 4_716_005,
	/** Whoever counts what is learned from: two passes over one sample would both take away what stood before. */
	counting: 4_716_006
} as const;
