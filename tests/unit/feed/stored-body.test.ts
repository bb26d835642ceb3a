// Tests that an explanation is read from its stored facts as it was written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causesOf, causeTable, type CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import type { AlertFacts, Evidence } from '#lib/domain/correlation/evidence.ts';
import { correlate, type Explanation } from '#lib/domain/correlation/correlate.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { alertBody } from '#lib/server/correlation/alert-body.ts';
import type { SeenAlert } from '#lib/server/evidence/alert-context.ts';
import { readBody, wordsOf, type BodyColumns, type WholeBody } from '#lib/server/feed/body-reader.ts';
import { storedBody, type AlertBody } from '#lib/server/feed/stored-body.ts';
import { anyEvidence } from '../../support/any-evidence.ts';
import { evidence, networkOperator, request } from '../../support/evidence.ts';
import { propertyRuns } from '../../support/property-runs.ts';

/** Makes the Alert that a Supplier sees, received 1.5 s after its effective time. */
const seen = (facts: AlertFacts, more: Partial<SeenAlert> = {}): SeenAlert => ({
	...facts,
	id: 7_000_000_000_000_001n,
	messageId: 'message 1',
	raisedAt: facts.effectiveAt,
	receivedAt: facts.effectiveAt + 1500,
	fedBy: null,
	isWalled: false,
	ownCopies: [],
	imageHash: null,
	area: 'SW1A',
	...more
});

/** Returns a value as JSON keeps it. */
const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Returns the columns of the row, as `bodyColumns` reads them. */
function columnsOf(body: AlertBody, alert: AlertFacts, table: CauseTable): BodyColumns {
	const entry = causesOf(table, alert);
	const { id, deviceId, hubId, code, category, explanation, priority, occurrences, throttled } = body;
	const settlesAt = body.settlesAt === undefined ? null : Date.parse(body.settlesAt);
	const words = entry ? wordsOf(entry) : null;
	const at = Date.parse(body.effectiveAt);
	const own = [id, deviceId, hubId, code, category, explanation, at, settlesAt] as const;
	return [...own, priority, occurrences, throttled, words];
}

function written(given: Evidence, more: Partial<SeenAlert> = {}) {
	const explanation = correlate(given);
	const alert = seen(given.alert, more);
	const body = alertBody(alert, explanation);
	const stored = asJson(storedBody(body, explanation.facts, alert));
	return { explanation, body, stored, read: readBody(stored, columnsOf(body, given.alert, given.table)) };
}

describe('a stored body', () => {
	it('is read as it was written, for any evidence', () => {
		fc.assert(
			fc.property(anyEvidence, ({ given, more }) => {
				const { body, stored, read } = written(given, more);
				expect(asJson(read)).toEqual(asJson(body));
				expect(JSON.stringify(read)).toBe(JSON.stringify(body));
				expect(JSON.stringify(stored).length).toBeLessThan(JSON.stringify(body).length);
			}),
			{ numRuns: 4 * propertyRuns }
		);
	}, 60_000);

	it('is tested with each fact', () => {
		const met = fc
			.sample(anyEvidence, { seed: 1, numRuns: 20_000 })
			.flatMap(({ given }) => [...codesOf(correlate(given))]);
		expect([...new Set(met)].sort()).toEqual(
			[
				...['exact', 'likely', 'ambiguous', 'pending', 'unexplained', 'not-command', 'out-of-scope'],
				...['basis rule', 'basis learned', 'basis time-only', 'basis request-id', 'basis counter'],
				...['basis counter-without-user', 'basis shared-counter'],
				...['more same-hub', 'more relayed', 'more circumstantial', 'more condition-not-met'],
				'more user-succeeded',
				...['not never-reached-device', 'not not-a-known-cause', 'not outside-window', 'not succeeded'],
				...['not failed', 'not read-succeeded', 'not condition-not-met', 'not not-named'],
				...['not no-command-can', 'not role-not-eligible'],
				...['note command-outcome', 'note before-supply', 'note unreliable-clock', 'note throttled'],
				...['note unknown-command', 'note issued-by-dcc'],
				...['forward', 'outcome', 'own entry']
			].sort()
		);
	});

	it('takes the words of the cause table from the version of its row', () => {
		const entries = new Map(
			[...causeTable.entries].map(([name, entry]) => [
				name,
				{
					...entry,
					guidance: 'Ring the fitter.',
					causes: entry.causes.map((cause) => ({ ...cause, mechanism: 'the fitter rang' }))
				}
			])
		);
		const { read, body } = written(
			evidence({}, { requests: [unanswered()], table: { ...causeTable, entries } })
		);
		expect(read).toEqual(body);
		expect(read).toMatchObject({
			guidance: 'Ring the fitter.',
			candidates: [{ reasons: [{ text: 'The fitter rang.' }, {}, {}] }]
		});
	});

	it('takes the words of the shipped table if the words of its version are gone', () => {
		const given = evidence({}, { requests: [unanswered()] });
		const { body, stored } = written(given);
		const columns = columnsOf(body, given.alert, causeTable);
		expect(readBody(stored, [...columns.slice(0, -1), null] as unknown as BodyColumns)).toEqual(body);
	});

	it('of before facts were stored is read as it is, and was fed by the installation', () => {
		const { body } = written(evidence({}, { requests: [unanswered()] }));
		const { fedBy: _, ...old } = body;
		const older: WholeBody = {
			...old,
			summary: 'Old words.',
			candidates: body.candidates.map(
				({ fedBy: _own, ...candidate }) => candidate as typeof candidate & { fedBy: 'both' }
			)
		};
		const columns = [] as unknown as BodyColumns;
		expect(readBody(body, columns)).toBe(body);
		expect(readBody(older, columns)).toEqual({ ...body, summary: 'Old words.' });
	});

	it('gives SQL its paths', () => {
		const { stored, body } = written(evidence({}, { requests: [unanswered()] }));
		const [first] = body.candidates;
		expect(stored).toMatchObject({
			name: body.name,
			summary: body.summary,
			area: 'SW1A',
			deviceType: 'ESME'
		});
		const { serviceReferenceVariant, userId, userRole, own, responseCode, name } = first!;
		expect(stored.candidates![0]).toMatchObject({
			serviceReferenceVariant,
			userId,
			userRole,
			own,
			responseCode,
			name
		});
	});
});

/** Makes a command of the network operator that the meter did not answer. */
const unanswered = (): ServiceRequest =>
	request(networkOperator, '6.5', 27, { responseCode: 'E21', userName: 'North Grid' });

/** Returns the codes of all facts of an explanation. */
function* codesOf({ kind, facts, forward, commandOutcome }: Explanation): Iterable<string> {
	yield kind;
	for (const { basis, further } of facts.candidates) {
		yield `basis ${basis.code === 'named' ? basis.by : basis.code}`;
		for (const { code } of further) yield `more ${code}`;
	}
	for (const { exclusion } of facts.excluded) yield `not ${exclusion.reason}`;
	for (const { code } of facts.notes) yield `note ${code}`;
	if (forward) yield 'forward';
	if (commandOutcome) yield 'outcome';
	if (facts.entry?.startsWith('payload:')) yield 'own entry';
}
