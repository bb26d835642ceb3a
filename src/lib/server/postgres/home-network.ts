// Builds the part of a statement that finds the Devices of a home network.

/**
 * SQL that joins, as `d`, all Devices of the home network of the Device in this column, including this Device. Joins no
 * row if the Device has no hub. `limit 1` and `offset 0` force lookups by key, whatever the statistics say. With a
 * plain join, a session that planned the statement while the tables were small would read whole tables when they have
 * grown.
 */
export const homeOf = (column: string): string => `
	cross join lateral (select hub_id from device where device_id = ${column} limit 1) h
	cross join lateral (select device_id from device where hub_id = h.hub_id offset 0) d`;
