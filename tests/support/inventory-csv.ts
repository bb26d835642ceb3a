// Renders Devices as the CSV inventories that spreadsheets write.
import type { DeviceIn } from '#lib/domain/device.ts';

export type StatedDevice = Omit<DeviceIn, 'tenures'> & { tenures?: DeviceIn['tenures'] };

export interface CsvStyle {
	separator: ',' | ';' | '\t';
	lineBreak: '\n' | '\r\n' | '\r';
	/** Whether the first line names the separator, as Excel understands it. */
	isDeclared: boolean;
	quotes: 'where needed' | 'everywhere';
	encoding: 'utf8' | 'utf8 with mark' | 'utf16le' | 'utf16be';
	/** How the names of the columns are spelt. */
	header: (name: string) => string;
	/** The key by which the columns, and the rows, are sorted. */
	order: (text: string) => number;
	/** Lines without a value after each row. */
	emptyLines: number;
	/** Whether each row repeats the attributes of its Device, or only the first row states them. */
	repeatsAttributes: boolean;
}

const COLUMNS = [
	'deviceId',
	'deviceType',
	'hubId',
	'model',
	'firmware',
	'area',
	'supplier',
	'tenureFrom',
	'tenureTo'
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string | null | undefined>>;

/** Returns one row for each tenure of a Device, and one row for a Device without tenures. */
function rowsOf({ tenures = [], ...device }: StatedDevice, repeatsAttributes: boolean): Row[] {
	const rows: Row[] = tenures.map(({ supplier, from, to }, i) => ({
		...(i === 0 || repeatsAttributes ? device : { deviceId: device.deviceId }),
		supplier,
		tenureFrom: from,
		tenureTo: to
	}));
	return rows.length > 0 ? rows : [device];
}

export function renderInventory(devices: readonly StatedDevice[], style: CsvStyle): Buffer {
	const columns = [...COLUMNS].sort((a, b) => style.order(a) - style.order(b));
	const rows = devices.flatMap((device) => rowsOf(device, style.repeatsAttributes));
	rows.sort((a, b) => style.order(JSON.stringify(a)) - style.order(JSON.stringify(b)));
	const quote = (value: string): string =>
		style.quotes === 'everywhere' || /[",;\t\n\r]|^\s|\s$/.test(value)
			? `"${value.replaceAll('"', '""')}"`
			: value;
	const line = (values: readonly string[]) => values.map(quote).join(style.separator) + style.lineBreak;
	const emptyLines = Array.from({ length: style.emptyLines }, (_, i) =>
		i % 2 === 0 ? style.lineBreak : style.separator.repeat(columns.length - 1) + style.lineBreak
	).join('');
	const text = [
		style.isDeclared ? `sep=${style.separator}${style.lineBreak}` : '',
		line(columns.map(style.header)),
		...rows.map((row) => line(columns.map((name) => row[name] ?? '')) + emptyLines)
	].join('');
	if (style.encoding === 'utf8') return Buffer.from(text);
	const marked = Buffer.from(`\ufeff${text}`, style.encoding === 'utf8 with mark' ? 'utf8' : 'utf16le');
	return style.encoding === 'utf16be' ? marked.swap16() : marked;
}
