// Builds the part of a statement that finds the Devices of a home network.

/**
 * Builds SQL that joins, as `d`, all Devices of the home network of the Device in this column. The Device itself is
 * included. A Device has a home network for each hub that anybody says it has, and rows may repeat. No row is joined if
 * the Device has no hub. `offset 0` forces lookups by key, whatever the
 * statistics say. With a plain join, a session could keep a plan made for small tables, and later read whole large
 * tables.
 */
export const homeOf = (column: string): string => `
	cross join lateral (select hub_id from device where device_id = ${column} offset 0) h
	cross join lateral (select device_id from device where hub_id = h.hub_id offset 0) d`;
