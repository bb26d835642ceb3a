// Reads a CSV inventory: each row states a Device and at most one of its tenures. The rows of one Device are joined into
// one record, so that a Device with two tenures has two rows.
import { Eui64 } from '#lib/domain/eui64.ts';
import { readCsv, type CsvRow } from './csv.ts';
import type { RawRecord } from './records.ts';

const ATTRIBUTES = ['deviceType', 'hubId', 'model', 'firmware', 'area'] as const;

/** The columns of a tenure, by the names of the fields in the schema of a tenure. */
export const TENURE_COLUMNS = { supplier: 'supplier', from: 'tenureFrom', to: 'tenureTo' } as const;

/** The columns of a CSV inventory. */
export const INVENTORY_COLUMNS = {
	known: ['deviceId', ...ATTRIBUTES, ...Object.values(TENURE_COLUMNS)],
	required: ['deviceId', 'deviceType'],
	unknown: 'refuse'
} as const;

/** Reads the Devices of a CSV, in the order of their first rows. */
export function readInventoryCsv(body: Buffer): RawRecord[] {
	const rows = readCsv(body, INVENTORY_COLUMNS);
	const devices = Map.groupBy(rows, ({ values }) => {
		const id = values['deviceId'] ?? '';
		return Eui64.safeParse(id).data ?? id;
	});
	return [...devices.values()].flatMap((group) =>
		group[0]!.values['deviceId'] ? [joined(group)] : group.map((row) => joined([row]))
	);
}

/** Joins the rows of one Device. */
function joined(rows: readonly CsvRow[]): RawRecord {
	const faulty = rows.filter((row) => row.fault !== null);
	if (faulty.length > 0)
		return { broken: faulty.map(({ line, fault }) => `line ${line}: ${fault}`).join('; ') };
	const device: Record<string, unknown> = { deviceId: rows[0]!.values['deviceId'] };
	const lineOf = new Map<string, number>();
	for (const name of ATTRIBUTES) {
		const stated = rows.filter(({ values }) => values[name] !== undefined);
		const [first, ...others] = stated;
		if (!first) continue;
		const other = others.find(({ values }) => !isSame(values[name]!, first.values[name]!));
		if (other)
			return {
				broken: `lines ${first.line} and ${other.line}, column ${name}: the rows of one Device must agree; write the same value, or leave it empty in all rows but one`
			};
		device[name] = first.values[name];
		lineOf.set(name, first.line);
	}
	const tenureRows = withoutRepeats(rows.filter(({ values }) => tenureKey(values) !== '[null,null,null]'));
	if (tenureRows.length > 0) device['tenures'] = tenureRows.map(({ values }) => tenureIn(values));
	return {
		value: device,
		lines: rows.map(({ line }) => line),
		locate(path) {
			const [field = '', place, part] = path.split('.');
			if (field !== 'tenures') return `line ${lineOf.get(field) ?? rows[0]!.line}, column ${field}`;
			const column = TENURE_COLUMNS[part as keyof typeof TENURE_COLUMNS] as string | undefined;
			const row = tenureRows[Number(place)];
			return row && column
				? `line ${row.line}, column ${column}`
				: `lines ${tenureRows.map(({ line }) => line).join(', ')}`;
		}
	};
}

/** Returns whether two values state the same; an EUI-64 may have several forms. */
const isSame = (a: string, b: string): boolean =>
	a === b || (Eui64.safeParse(a).data ?? a) === (Eui64.safeParse(b).data ?? b);

const tenureIn = (values: CsvRow['values']) => ({
	supplier: values[TENURE_COLUMNS.supplier],
	from: values[TENURE_COLUMNS.from],
	to: values[TENURE_COLUMNS.to] ?? null
});

const tenureKey = (values: CsvRow['values']): string =>
	JSON.stringify(Object.values(TENURE_COLUMNS).map((name) => values[name] ?? null));

/** Leaves out each row that states the same tenure as an earlier row. */
const withoutRepeats = (rows: readonly CsvRow[]): CsvRow[] => {
	const seen = new Set<string>();
	return rows.filter(({ values }) => {
		const key = tenureKey(values);
		return seen.size < seen.add(key).size;
	});
};
