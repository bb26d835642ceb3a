// Handles calls with DUIS messages: reads their header fields, and stores their Alerts and Service Requests. The answers
// say that no signature is verified yet.
import { z } from 'zod';
import type { AlertIn } from '#lib/domain/alert.ts';
import type { ServiceRequestIn } from '#lib/domain/service-request.ts';
import { WRITE_RULES, type WriteRule } from '#lib/domain/write-permission.ts';
import { readDuis, type DuisReading } from '#lib/server/duis/message.ts';
import { wrongContent } from '#lib/server/http/content.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Caller, Reply } from '#lib/server/http/route.ts';
import { countDropped, countIngested } from '#lib/server/process/metrics.ts';
import type { StoreResult } from './alert-store.ts';
import { DroppedFieldCount, DroppedFields } from './dropped-fields.ts';
import { readDuisParts } from './duis-bodies.ts';
import { CONFLICT, IngestResult, feederOf, refuseWhenFull, type IngestServices } from './ingest.ts';
import type { Rejected } from './records.ts';
import type { Placed } from './write-check.ts';

const DuisKind = z.enum(['alert', 'service-request', 'service-response', 'acknowledgement']);
const read = { kind: DuisKind, verified: z.literal(false), notes: z.array(z.string()) };

/** The answer to one XML message. An acknowledgement has nothing to store. */
export const DuisResult = z
	.object({
		...read,
		accepted: z.number().int(),
		duplicates: z.number().int(),
		/** The elements that the server dropped because it reads only header fields, the most frequent first. */
		dropped: z.array(DroppedFieldCount)
	})
	.meta({ id: 'DuisResult' });

/** The answer to several messages. `messages`: the messages that were read and not rejected. */
export const DuisBatchResult = IngestResult.extend({
	messages: z.array(z.object({ index: z.number().int(), ...read }))
}).meta({ id: 'DuisBatchResult' });

type Read = Extract<DuisReading, { ok: true }>;
/**
 * The result of storing a message. `nothing`: an acknowledgement has nothing to store. `refused`: the key may not feed
 * the record.
 */
type Outcome = StoreResult | 'nothing' | { refused: Rejected };

/** Stores one XML message. */
export async function ingestDuis(services: IngestServices, caller: Caller, xml: Buffer): Promise<Reply> {
	const reading = readDuis(xml, new Date());
	if (!reading.ok) {
		countIngested('duis', 0, 0, 1);
		throw new Problem(400, wrongContent(xml.toString('utf8'), 'application/xml') ?? reading.reason);
	}
	const [outcome] = await store(services, caller, [reading]);
	if (outcome === 'conflict') throw new Problem(409, CONFLICT);
	if (typeof outcome === 'object')
		throw new Problem(400, 'This key may not feed the record; see errors', {
			errors: outcome.refused.errors
		});
	const { kind, verified, notes } = reading;
	const accepted = outcome === 'accepted' ? 1 : 0;
	const duplicates = outcome === 'duplicate' ? 1 : 0;
	const dropped = droppedBy([reading]);
	return { status: 202, body: { kind, accepted, duplicates, verified, notes, dropped } };
}

/**
 * Stores the messages of a call that may hold several. The status is 400 if every message was rejected, and otherwise
 * 202.
 */
export async function ingestDuisBatch(
	services: IngestServices,
	caller: Caller,
	body: Buffer,
	type: string
): Promise<Reply> {
	const at = new Date();
	const rejected: Array<{ index: number; error: string }> = [];
	const readings: Array<{ index: number; reading: Read }> = [];
	for (const [index, part] of (await readDuisParts(body, type)).entries()) {
		const reading = 'broken' in part ? { ok: false as const, reason: part.broken } : readDuis(part.xml, at);
		if (reading.ok) readings.push({ index, reading });
		else rejected.push({ index, error: reading.reason });
	}
	countIngested('duis', 0, 0, rejected.length);
	const outcomes = await store(
		services,
		caller,
		readings.map(({ reading }) => reading)
	);
	const messages: z.infer<typeof DuisBatchResult>['messages'] = [];
	for (const [i, { index, reading }] of readings.entries()) {
		const { kind, verified, notes } = reading;
		const outcome = outcomes[i]!;
		if (outcome === 'conflict') rejected.push({ index, error: CONFLICT });
		else if (typeof outcome === 'object') rejected.push({ index, error: outcome.refused.error });
		else messages.push({ index, kind, verified, notes });
	}
	rejected.sort((a, b) => a.index - b.index);
	const result = {
		accepted: outcomes.filter((outcome) => outcome === 'accepted').length,
		duplicates: outcomes.filter((outcome) => outcome === 'duplicate').length,
		rejected,
		dropped: droppedBy(readings.map(({ reading }) => reading)),
		messages
	};
	if (messages.length > 0 || rejected.length === 0) return { status: 202, body: result };
	const errors = rejected.map(({ index, error }) => ({ path: String(index), message: error }));
	throw new Problem(400, 'No message of the call could be stored; see errors', { errors, ...result });
}

/** Counts the elements that the reader dropped, and returns their names. */
function droppedBy(readings: readonly Read[]): DroppedFieldCount[] {
	const dropped = new DroppedFields();
	for (const reading of readings) for (const name of reading.dropped) dropped.add(name);
	countDropped('duis', dropped.total);
	return dropped.list();
}

/** Stores the Alerts and the Service Requests of the messages, and counts them. The outcomes have their order. */
async function store(
	services: IngestServices,
	caller: Caller,
	readings: readonly Read[]
): Promise<Outcome[]> {
	const arrivedAt = new Date();
	const outcomes = readings.map((): Outcome => 'nothing');
	const alerts: Array<Placed<AlertIn>> = [];
	const requests: Array<Placed<ServiceRequestIn>> = [];
	for (const [place, reading] of readings.entries())
		if (reading.kind === 'alert') alerts.push({ index: place, record: reading.alert });
		else if (reading.kind !== 'acknowledgement') requests.push({ index: place, record: reading.request });
	if (alerts.length > 0) refuseWhenFull(services, 'alert', caller);
	if (requests.length > 0) refuseWhenFull(services, 'service-request', caller);

	const keep = <T>(
		rule: WriteRule<T>,
		records: ReadonlyArray<Placed<T>>,
		add: (records: ReadonlyArray<Placed<T>>) => Promise<StoreResult[]>
	): Promise<void> => storeOne(services, caller, rule, records, outcomes, add);
	await Promise.all([
		keep(WRITE_RULES.alert, alerts, (allowed) =>
			services.alertStore.add(
				allowed.map(({ record }) => ({ alert: record, arrivedAt, ...feederOf(caller) })),
				caller.supplierId
			)
		),
		keep(WRITE_RULES.request, requests, (allowed) =>
			services.requestStore.add(
				allowed.map(({ record }) => ({ record, ...feederOf(caller) })),
				caller.supplierId
			)
		)
	]);
	return outcomes;
}

/** Stores the records of one kind that the caller may feed, counts them, and notes the outcomes by the places. */
async function storeOne<T>(
	{ writeCheck }: IngestServices,
	caller: Caller,
	rule: WriteRule<T>,
	records: ReadonlyArray<Placed<T>>,
	outcomes: Outcome[],
	add: (records: ReadonlyArray<Placed<T>>) => Promise<StoreResult[]>
): Promise<void> {
	const { allowed, refused } = await writeCheck.check(rule, caller, records);
	const results = await add(allowed);
	for (const one of refused) outcomes[one.index] = { refused: one };
	for (const [i, { index }] of allowed.entries()) outcomes[index] = results[i]!;
	const of = (wanted: StoreResult) => results.filter((result) => result === wanted).length;
	countIngested(rule.kind, of('accepted'), of('duplicate'), of('conflict') + refused.length);
}
