// Makes docs/reference/csv.md from the columns that ingest accepts in a CSV.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DeviceIn, Tenure } from '#lib/domain/device.ts';
import { INVENTORY_COLUMNS, TENURE_COLUMNS } from '#lib/server/ingest/inventory-csv.ts';
import { REQUEST_COLUMNS } from '#lib/server/ingest/request-csv.ts';
import { acceptedBy, type Schema } from './json-schema.ts';
import { code, codes, head, page, table } from './markdown.ts';

/** What the columns of an inventory mean. The generator fails if a column is missing here. */
const MEANINGS: Record<(typeof INVENTORY_COLUMNS.known)[number], string> = {
	deviceId: 'the Device',
	deviceType: 'its type; one row of the Device must give it',
	hubId: 'the CHF of its home network; a CHF needs none',
	model: 'its model',
	firmware: 'its firmware version',
	area: 'its area, such as the outward part of a postcode',
	supplier: 'the Supplier of one tenure',
	tenureFrom: 'the start of this tenure',
	tenureTo: 'its end, at which the next Supplier is responsible; empty: until further notice'
};

const schemaOf = (field: z.ZodType): Schema => z.toJSONSchema(field, { io: 'input' }) as unknown as Schema;

/** A value in a CSV is empty where a value in JSON is `null`. */
const accepts = (schema: Schema): string => acceptedBy(schema).replace(/ or `null`$/, '');

export function csvPage(project: string): string {
	const fields: Record<string, z.ZodType> = {
		...DeviceIn.shape,
		...Object.fromEntries(
			Object.entries(TENURE_COLUMNS).map(([field, column]) => [
				column,
				Tenure.shape[field as keyof typeof TENURE_COLUMNS]
			])
		)
	};
	const required: readonly string[] = INVENTORY_COLUMNS.required;
	return page(
		head('CSV'),
		`${code('POST /devices')} and ${code('POST /service-requests')} also take ${code('text/csv')}. The first line names the columns.`,
		'## Form',
		[
			'- Separator: comma, semicolon or tab. The header line decides, or a first line such as `sep=;`.',
			'- Encoding: UTF-8 with or without a byte order mark, or UTF-16 with one. Excel writes these as "CSV UTF-8" and "Unicode Text".',
			'- Names of columns: in any case, with or without spaces, underscores and dashes. `Device ID` and `device_id` are `deviceId`.',
			'- Values: in double quotes if they contain a separator, a quote or a line break. A quote inside is written twice. Each row has as many values as the header.',
			'- Empty values and empty lines: left out. Times: RFC 3339 with an offset, as in JSON.'
		].join('\n'),
		'An error of a row names its line and column. `index` is the place of the record among the records of the call, from 0.',
		'## Inventory',
		`[inventory.csv](inventory.csv) is a sample:`,
		`\`\`\`csv\n${readFileSync(join(project, 'docs/reference/inventory.csv'), 'utf8')}\`\`\``,
		table(
			['Column', 'Meaning', 'Accepts', 'Required'],
			INVENTORY_COLUMNS.known.map((name) => [
				code(name),
				MEANINGS[name],
				accepts(schemaOf(fields[name]!)),
				required.includes(name) ? 'yes' : ''
			])
		),
		[
			'- **One row for each tenure.** The rows of one Device make one record, wherever they stand in the file. Send all rows of a Device in one call: the tenures of a call replace the stored tenures of the Device.',
			'- **A Device without a tenure** has one row, and its stored tenures stay.',
			'- **The rows of one Device must agree** in the other columns, or leave them empty. If they differ, or if one of them cannot be read, the whole Device is rejected.',
			'- **An unknown column is refused** before anything is stored, with the nearest known column.'
		].join('\n'),
		'## Service Requests',
		`Each row is one record. The columns have the names of the fields: ${codes(REQUEST_COLUMNS.known)}. Only ${codes(REQUEST_COLUMNS.required)} is required; [the fields](api.md#post-service-requests) say which values they accept.`,
		`An audit trail has columns that Causeway may not store. So an unknown column is dropped, and the answer counts it under ${code('dropped')}. A column whose name is almost the name of a known column that the header lacks is refused, because it is probably misspelt. Rename it or leave it out.`
	);
}
