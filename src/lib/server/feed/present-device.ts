// SQL that reads a Device as one Supplier has it now.

/**
 * SQL: reads the Device with the id `deviceId`, an SQL expression, as the Supplier `:supplierId` has it now. What the
 * Supplier's own keys say goes first. Returns no row if the Supplier does not have the Device now, because its attributes
 * then belong to another Supplier. The list of Devices (device-reader.ts) follows the same rule.
 */
export const presentDevice = (deviceId: string): string => `
	select * from (
		select * from device where device_id = ${deviceId} and (said_by = 0 or said_by = :supplierId::smallint)
		order by said_by desc limit 1
	) d where exists (
		select from tenure e where e.device_id = ${deviceId} and e.supplier_id = :supplierId
			and e.superseded_at is null and e.during @> now()
	)`;
