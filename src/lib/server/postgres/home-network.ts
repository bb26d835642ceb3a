// The Devices of a home network, as part of a statement.

/**
 * Joins, as `d`, all Devices of the home network of the Device in this column, itself among them; none where it has no
 * hub. Looked up by key, whatever the statistics say: joined otherwise, a session that planned while there was little to
 * read goes on reading all.
 */
export const homeOf = (column: string): string => `
	cross join lateral (select hub_id from device where device_id = ${column} limit 1) h
	cross join lateral (select device_id from device where hub_id = h.hub_id offset 0) d`;
