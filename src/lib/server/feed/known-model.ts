// SQL that reads the model of a Device as one Supplier knows it.

/**
 * SQL: reads `model` and `firmware` of the Device with the id `deviceId`, as the Supplier `supplierId` knows the Device.
 * Both are SQL expressions. Returns no row if the attributes changed after the last tenure of the Supplier (`mayKnow` of
 * evidence/home-view.ts). PostgreSQL looks the Device up by its key, whatever the statistics say.
 */
export const knownModel = (deviceId: string, supplierId: string): string => `
	select model, firmware from device
	where device_id = ${deviceId} and (said_by = ${supplierId}::smallint or said_by = 0 and (changed_at is null or exists (
		select from tenure where device_id = device.device_id and supplier_id = ${supplierId}::smallint
			and superseded_at is null and (upper_inf(during) or upper(during) > changed_at)
	)))
	order by said_by desc limit 1`;
