// Draws plots as SVG from plain numbers: bars, latency by load, growth. The background is white, so that a plot looks
// the same on a light and on a dark page.
import { sum } from '../figures.ts';
import { formatNumber } from '../format.ts';

export interface Bar {
	label: string;
	/** The length of the bar in the unit of the plot. `null`: the value was not measured. */
	value: number | null;
	/** `true`: the bar shows Causeway. */
	ours?: boolean;
}

export interface LoadLatency {
	label: string;
	p50: number;
	p95: number;
	p99: number;
}

export interface GrowthPoint {
	/** The number of Service Requests in the index, such as "1 M". */
	label: string;
	alertsPerSecond: number;
	p99Ms: number;
}

const INK = '#1f2328';
const MUTED = '#57606a';
const GRID = '#e3e7eb';
const OURS = '#0b62c4';
const OTHER = '#9aa5b1';
const SHADES = { p50: '#9cc6f2', p95: '#3f87d0', p99: '#123f78' };
/** Colours of the parts of a bar, in their order. */
const COLOURS = ['#0b62c4', '#7a4fb5', '#d0772b', '#9aa5b1'];
const WIDTH = 760;

/** Draws horizontal bars on a logarithmic scale; the axis label names the scale. */
export function barPlot(title: string, unit: string, bars: readonly Bar[]): string {
	const [left, right, top, row] = [300, 90, 62, 36];
	const measured = bars.flatMap(({ value }) => (value === null ? [] : [value]));
	const low = Math.floor(Math.log10(Math.max(1, Math.min(...measured) / 2)));
	const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(1, ...measured))));
	const x = (value: number): number =>
		left + ((Math.log10(value) - low) / (high - low)) * (WIDTH - left - right);
	const bottom = top + bars.length * row;
	const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
	return card(title, bottom + 56, [
		...ticks.flatMap((tick) => [
			rule(x(tick), top, x(tick), bottom),
			text(x(tick), bottom + 18, formatTick(tick), { anchor: 'middle', colour: MUTED })
		]),
		...bars.flatMap(({ label, value, ours }, i) => {
			const y = top + i * row + 6;
			const weight = ours ? 600 : 400;
			const name = text(left - 12, y + 17, label, { anchor: 'end', weight });
			if (value === null)
				return [name, text(left + 6, y + 17, 'not measured', { anchor: 'start', colour: MUTED })];
			const end = Math.max(x(value), left + 2);
			return [
				name,
				box(left, y, end - left, row - 12, ours ? OURS : OTHER),
				text(end + 8, y + 17, formatNumber(value), { anchor: 'start', weight })
			];
		}),
		text((left + WIDTH - right) / 2, bottom + 40, `${unit} (logarithmic scale)`, {
			anchor: 'middle',
			colour: MUTED
		})
	]);
}

/** Draws horizontal bars made of parts on a linear scale, each with its sum. `parts` has the names in their order. */
export function partsPlot(
	title: string,
	unit: string,
	parts: readonly string[],
	bars: ReadonlyArray<{ label: string; values: readonly number[] }>
): string {
	const [left, right, top, row] = [300, 90, 92, 36];
	const sums = bars.map(({ values }) => sum(values));
	const maximum = Math.max(1, ...sums);
	const width = (value: number): number => (value / maximum) * (WIDTH - left - right);
	return card(title, top + bars.length * row + 40, [
		...parts.flatMap((part, i) => [
			box(left + i * 104, 58, 14, 14, COLOURS[i]!),
			text(left + 20 + i * 104, 70, part, { anchor: 'start' })
		]),
		...bars.flatMap(({ label, values }, i) => {
			const y = top + i * row + 6;
			let from = left;
			return [
				text(left - 12, y + 17, label, { anchor: 'end' }),
				...values.map((value, part) => {
					const drawn = box(from, y, width(value), row - 12, COLOURS[part]!);
					from += width(value);
					return drawn;
				}),
				text(from + 8, y + 17, formatNumber(sums[i]!), { anchor: 'start', weight: 600 })
			];
		}),
		text((left + WIDTH - right) / 2, top + bars.length * row + 22, unit, { anchor: 'middle', colour: MUTED })
	]);
}

/** Draws p50, p95 and p99 in milliseconds for each load. */
export function latencyPlot(title: string, loads: readonly LoadLatency[]): string {
	const frame = { left: 76, right: WIDTH - 24, top: 92, bottom: 320 };
	const { y, axis } = scale(frame, Math.max(...loads.map(({ p99 }) => p99)), 'latency, ms');
	const each = (frame.right - frame.left) / loads.length;
	const bar = Math.min(56, (each - 28) / 3);
	const keys = Object.keys(SHADES) as Array<keyof typeof SHADES>;
	return card(title, 376, [
		...axis,
		...keys.flatMap((key, i) => [
			box(frame.left + i * 76, 58, 14, 14, SHADES[key]),
			text(frame.left + 20 + i * 76, 70, key, { anchor: 'start' })
		]),
		...loads.flatMap((load, i) => {
			const middle = frame.left + (i + 0.5) * each;
			return [
				...keys.flatMap((key, k) => {
					const from = middle + (k - 1.5) * bar;
					return [
						box(from + 2, y(load[key]), bar - 4, frame.bottom - y(load[key]), SHADES[key]),
						text(from + bar / 2, y(load[key]) - 6, formatValue(load[key]), { anchor: 'middle' })
					];
				}),
				text(middle, frame.bottom + 20, load.label, { anchor: 'middle' })
			];
		}),
		text((frame.left + frame.right) / 2, frame.bottom + 42, 'load', { anchor: 'middle', colour: MUTED })
	]);
}

/** Draws two lines by the number of Service Requests: throughput on the left, p99 on the right. */
export const growthPlot = (title: string, points: readonly GrowthPoint[]): string =>
	linesPlot(title, 'Service Requests in the index', points, [
		['Alerts per second', points.map((p) => p.alertsPerSecond)],
		['p99, ms', points.map((p) => p.p99Ms)]
	]);

/** Draws two lines side by side over the labels of the points. `caption` names the horizontal axis. */
export function linesPlot(
	title: string,
	caption: string,
	points: ReadonlyArray<{ label: string }>,
	lines: readonly [Line, Line]
): string {
	const labels = points.map(({ label }) => label);
	const half = (left: number) => ({ left, right: left + 278, top: 76, bottom: 286 });
	return card(
		title,
		344,
		lines.flatMap(([unit, values], i) => line(half(i === 0 ? 76 : 454), labels, values, unit, caption))
	);
}

type Line = readonly [unit: string, values: readonly number[]];

interface Frame {
	left: number;
	right: number;
	top: number;
	bottom: number;
}

function line(
	frame: Frame,
	labels: readonly string[],
	values: readonly number[],
	unit: string,
	caption: string
): string[] {
	const { y, axis } = scale(frame, Math.max(...values), unit);
	const x = (i: number): number => frame.left + ((i + 0.5) / labels.length) * (frame.right - frame.left);
	const path = values.map((value, i) => `${i === 0 ? 'M' : 'L'}${at(x(i))} ${at(y(value))}`).join('');
	return [
		...axis,
		`<path d="${path}" fill="none" stroke="${OURS}" stroke-width="2.5"/>`,
		...values.flatMap((value, i) => [
			`<circle cx="${at(x(i))}" cy="${at(y(value))}" r="4.5" fill="${OURS}" stroke="#fff" stroke-width="1.5"/>`,
			text(x(i), y(value) - 12, formatValue(value), { anchor: 'middle', weight: 600, halo: true }),
			text(x(i), frame.bottom + 20, labels[i]!, { anchor: 'middle' })
		]),
		text((frame.left + frame.right) / 2, frame.bottom + 42, caption, {
			anchor: 'middle',
			colour: MUTED
		})
	];
}

/** Makes a linear scale from zero, with grid lines, numbers and the name of the axis. */
function scale({ left, right, top, bottom }: Frame, maximum: number, unit: string) {
	const step = stepOf(maximum);
	const end = step * Math.ceil((maximum * 1.08) / step);
	const y = (value: number): number => bottom - (value / end) * (bottom - top);
	const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, i) => i * step);
	const axis = [
		...ticks.flatMap((tick) => [
			rule(left, y(tick), right, y(tick)),
			text(left - 8, y(tick) + 4, formatTick(tick), { anchor: 'end', colour: MUTED })
		]),
		`<text transform="translate(${left - 54} ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle" fill="${MUTED}">${escaped(unit)}</text>`
	];
	return { y, axis };
}

/** Chooses the distance of the grid lines for about five lines: 1, 2 or 5 times a power of ten. */
function stepOf(maximum: number): number {
	const rough = Math.max(maximum, 1e-9) / 4;
	const power = 10 ** Math.floor(Math.log10(rough));
	return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough)!;
}

const card = (title: string, height: number, parts: readonly string[]): string =>
	[
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13">`,
		`<title>${escaped(title)}</title>`,
		`<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10" fill="#fff" stroke="#d0d7de"/>`,
		text(24, 34, title, { anchor: 'start', weight: 600, size: 16 }),
		...parts,
		'</svg>',
		''
	].join('\n');

function text(
	x: number,
	y: number,
	content: string,
	{
		anchor,
		colour = INK,
		weight = 400,
		size,
		halo = false
	}: {
		anchor: 'start' | 'middle' | 'end';
		colour?: string;
		weight?: number;
		size?: number;
		/** Draws a white outline, so that a line behind the text does not touch the letters. */
		halo?: boolean;
	}
): string {
	const more = `${weight === 400 ? '' : ` font-weight="${weight}"`}${size ? ` font-size="${size}"` : ''}${halo ? ' paint-order="stroke" stroke="#fff" stroke-width="5"' : ''}`;
	return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" fill="${colour}"${more}>${escaped(content)}</text>`;
}

const box = (x: number, y: number, width: number, height: number, fill: string): string =>
	`<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" rx="2" fill="${fill}"/>`;

const rule = (x1: number, y1: number, x2: number, y2: number): string =>
	`<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="${GRID}"/>`;

const at = (position: number): string => String(Math.round(position * 10) / 10);
const escaped = (content: string): string => content.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const formatValue = (value: number): string => (value < 10 ? value.toFixed(1) : formatNumber(value));

/** Formats the numbers of an axis: 5 k, 1 M. */
function formatTick(value: number): string {
	const [divisor, sign] = value >= 1e6 ? [1e6, ' M'] : value >= 1000 ? [1000, ' k'] : [1, ''];
	return `${Number((value / divisor).toPrecision(3))}${sign}`;
}
