// Tests the timeline of the drawer: its marks with late arrivals, and zoom, pan, axis and rows.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimelineItem } from '#lib/domain/timeline.ts';
import {
	AFTER_MS,
	BEFORE_MS,
	markName,
	spansOutsideTenure,
	toMarks,
	type Mark
} from '../../src/routes/(console)/drawer/timeline.ts';
import {
	MOST_ROWS,
	WHOLE,
	isWhole,
	pan,
	placeOf,
	reveal,
	rowsOf,
	ticksOf,
	zoom
} from '../../src/routes/(console)/drawer/timeline-view.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { aCandidate, anAlert } from '../support/paged.ts';

const alert = anAlert({
	effectiveAt: '2026-11-28T02:14:07.000Z',
	explanation: 'likely',
	candidates: [aCandidate({ requestId: 'A:B:1', deltaSeconds: 41 })]
});

const request = (requestId: string, at: string, over: object = {}): TimelineItem => ({
	kind: 'service-request',
	at,
	requestId,
	deviceId: alert.deviceId,
	serviceReferenceVariant: '6.5',
	name: 'Update',
	userId: 'A',
	userRole: 'ED',
	userName: 'North Grid',
	own: false,
	requestedAt: at,
	executeAt: null,
	respondedAt: null,
	responseCode: null,
	storedAt: at,
	fedBy: 'installation',
	...over
});
const alertItem = (id: string, at: string, receivedAt: string): TimelineItem => ({
	kind: 'alert',
	at,
	id,
	code: '8F30',
	name: 'Refused',
	explanation: 'likely',
	receivedAt
});

describe('the marks of a timeline', () => {
	it('are in order of time, and the candidate stands where its delay counts from', () => {
		const marks = toMarks(
			[
				alertItem(alert.id, alert.effectiveAt, alert.effectiveAt),
				request('A:B:1', '2026-11-28T02:13:20.000Z', { responseCode: 'E65' })
			],
			alert
		);
		expect(marks.map(({ key, at, marked, open }) => ({ key, at, marked, open }))).toEqual([
			{ key: 'A:B:1', at: -41_000, marked: true, open: false },
			{ key: alert.id, at: 0, marked: true, open: true }
		]);
		expect(markName(marks[0]!)).toBe(
			'Service Request, − 41 s, 6.5 Update, ED North Grid, strong candidate, E65, 2026-11-28 02:13:20 UTC'
		);
	});

	it('have a mark of their own for an Alert or a request that arrived late', () => {
		const [late, inTime, lateRequest, requestInTime] = toMarks(
			[
				alertItem('1', '2026-11-28T02:10:00.000Z', '2026-11-28T02:12:00.000Z'),
				alertItem('2', '2026-11-28T02:11:00.000Z', '2026-11-28T02:11:05.000Z'),
				request('A:B:2', '2026-11-28T02:12:00.000Z', { storedAt: '2026-11-28T02:20:00.000Z' }),
				request('A:B:3', '2026-11-28T02:13:00.000Z', { storedAt: '2026-11-28T02:14:59.000Z' })
			],
			alert
		);
		expect(late!.arrivedAt).toBe(-127_000);
		expect(late!.facts).toContain('arrived 2 min later');
		expect(inTime!.arrivedAt).toBeNull();
		expect(lateRequest!.arrivedAt).toBe(353_000);
		expect(lateRequest!.facts).toContain('arrived 8 min later');
		expect(requestInTime!.arrivedAt).toBeNull();
	});

	it('leave out what lies outside the timeline, and the time outside the tenure is named', () => {
		const items: TimelineItem[] = [
			{ kind: 'tenure', at: '', from: '2026-11-28T02:04:07.000Z', to: '2026-11-28T02:19:07.000Z' },
			request('A:B:4', '2026-11-28T01:00:00.000Z')
		];
		expect(toMarks(items, alert)).toEqual([]);
		expect(spansOutsideTenure(items, alert)).toEqual([
			{ from: -BEFORE_MS, to: -600_000 },
			{ from: 300_000, to: AFTER_MS }
		]);
	});
});

describe('the view of a timeline', () => {
	const anyView = fc
		.tuple(fc.integer({ min: -BEFORE_MS, max: AFTER_MS }), fc.double({ min: 0.001, max: 1, noNaN: true }))
		.map(([around, factor]) => zoom(WHOLE, factor, around));

	it('never leaves the timeline, however it is zoomed and moved', () => {
		fc.assert(
			fc.property(
				anyView,
				fc.double({ min: 0.1, max: 10, noNaN: true }),
				fc.double({ min: -3, max: 3, noNaN: true }),
				fc.integer({ min: -BEFORE_MS, max: AFTER_MS }),
				(view, factor, share, at) => {
					for (const { from, to } of [zoom(view, factor, at), pan(view, share), reveal(view, at)]) {
						expect(from).toBeGreaterThanOrEqual(WHOLE.from - 1);
						expect(to).toBeLessThanOrEqual(WHOLE.to + 1);
						expect(to - from).toBeGreaterThan(9_999);
					}
					const shown = placeOf(at, reveal(view, at));
					expect(shown).toBeGreaterThanOrEqual(-1e-6);
					expect(shown).toBeLessThanOrEqual(1 + 1e-6);
					expect(ticksOf(view).length).toBeLessThanOrEqual(6);
				}
			),
			{ numRuns: propertyRuns }
		);
	});

	it('keeps the instant in its place when it zooms, and shows everything again when it zooms out', () => {
		const view = zoom(WHOLE, 0.5, 0);
		expect(placeOf(0, view)).toBeCloseTo(placeOf(0, WHOLE));
		expect(isWhole(zoom(view, 4, 0))).toBe(true);
	});

	it('names the Alert and the minutes on the axis', () => {
		expect(ticksOf(WHOLE).map(({ text }) => text)).toEqual([
			'−30 min',
			'−20 min',
			'−10 min',
			'Alert',
			'+10 min'
		]);
		expect(ticksOf(zoom(WHOLE, 0.02, 0)).map(({ text }) => text)).toContain('−10 s');
	});

	it('gives marks that would cover each other rows of their own', () => {
		const marks = [0, 1, 2, 3].map((n) => ({ key: String(n), kind: 'alert', at: n * 100 }) as Mark);
		expect([...rowsOf(marks, WHOLE, 440).values()]).toEqual([0, 1, 2, MOST_ROWS - 1]);
		expect(new Set(rowsOf(marks, zoom(WHOLE, 0.001, 0), 44_000).values())).toEqual(new Set([0]));
	});
});
