// Ingest: what arrives is read through the allow-list, kept in one commit, and only then answered.
import { AlertIn } from '#lib/domain/alert.ts';
import { DeviceIn } from '#lib/domain/device.ts';
import { Instant } from '#lib/domain/eui64.ts';
import { ServiceRequestIn } from '#lib/domain/service-request.ts';
import { z } from 'zod';
import type { AlertStore, ArrivedAlert } from './alert-store.ts';
import type { Backlog } from '#lib/server/jobs/backlog.ts';
import type { Completeness } from './completeness.ts';
import type { Config } from '#lib/server/process/config.ts';
import type { DeviceStore } from './device-store.ts';
import { XML_LIMITS } from '#lib/server/duis/xml.ts';
import { readDuis } from '#lib/server/duis/message.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { countDropped, countIngested } from '#lib/server/process/metrics.ts';
import { readRecords, type ReadRecords, type Rejected } from './records.ts';
import type { RequestStore } from './request-store.ts';
import type { Caller } from '#lib/server/http/route.ts';

export interface IngestServices {
	alertStore: AlertStore;
	requestStore: RequestStore;
	deviceStore: DeviceStore;
	completeness: Completeness;
	backlog: Pick<Backlog, 'alerts' | 'requests'>;
	config: Pick<Config, 'backlogRecords'>;
}

export interface Answer {
	status: number;
	body?: unknown;
}

export const IngestResult = z
	.object({
		accepted: z.number().int(),
		duplicates: z.number().int(),
		rejected: z.array(z.object({ index: z.number().int(), error: z.string() }))
	})
	.meta({ id: 'IngestResult' });

export const CompletenessIn = z
	.object({ source: z.string().trim().min(1).max(60), completeUntil: Instant })
	.meta({ id: 'CompletenessIn' });

/** When more records than this wait for their commit, new ones are asked to come back; who else sends has a share of it. */
const MOST_WAITING = 20_000;
/** Time for the backlog to become shorter, in seconds. */
const RETRY_AFTER = 2;

export async function ingestAlerts(
	services: IngestServices,
	caller: Caller,
	body: Buffer,
	type: string
): Promise<Answer> {
	const read = readRecords(body, type, AlertIn, fieldsOf(AlertIn), false);
	refuseWhenFull(services, 'alert', caller);
	const arrivedAt = new Date();
	const kept = await services.alertStore.add(
		read.good.map(({ record }): ArrivedAlert => ({ alert: record, fedBy: caller.supplierId, arrivedAt })),
		caller.supplierId
	);
	return answer('alert', read, kept);
}

export async function ingestServiceRequests(
	services: IngestServices,
	caller: Caller,
	body: Buffer,
	type: string
): Promise<Answer> {
	const read = readRecords(body, type, ServiceRequestIn, fieldsOf(ServiceRequestIn), true);
	refuseWhenFull(services, 'service-request', caller);
	const records = read.good.map(({ record }) => record);
	return answer('service-request', read, await services.requestStore.add(records, caller.supplierId));
}

export async function ingestDevices(
	services: IngestServices,
	caller: Caller,
	body: Buffer,
	type: string
): Promise<Answer> {
	const read = readRecords(body, type, DeviceIn, fieldsOf(DeviceIn), false);
	return answer(
		'device',
		read,
		await services.deviceStore.record(
			read.good.map(({ record }) => record),
			caller.supplierId
		)
	);
}

/** CSV rows of an inventory: the tenure stands flat in `supplier`, `tenureFrom`, `tenureTo`. */
export async function ingestDevicesCsv(
	services: IngestServices,
	caller: Caller,
	body: Buffer
): Promise<Answer> {
	const read = readRecords(
		body,
		'text/csv',
		DeviceRow,
		new Set([...fieldsOf(DeviceIn), 'supplier', 'tenureFrom', 'tenureTo']),
		true
	);
	return answer(
		'device',
		read,
		await services.deviceStore.record(
			read.good.map(({ record }) => record),
			caller.supplierId
		)
	);
}

const DeviceRow = z.preprocess((row) => {
	const { supplier, tenureFrom, tenureTo, ...rest } = row as Record<string, string | undefined>;
	return supplier ? { ...rest, tenures: [{ supplier, from: tenureFrom, to: tenureTo ?? null }] } : rest;
}, DeviceIn);

/** One DUIS message. Its signature is not verified yet, and the answer says so. */
export async function ingestDuis(services: IngestServices, caller: Caller, xml: Buffer): Promise<Answer> {
	const reading = readDuis(xml, new Date());
	if (!reading.ok)
		throw new Problem(xml.length > XML_LIMITS.maxBytes && !reading.hostile ? 413 : 400, reading.reason);
	const { kind, verified, notes } = reading;
	if (reading.kind === 'acknowledgement')
		return { status: 202, body: { kind, accepted: 0, duplicates: 0, verified, notes } };
	let kept: Kept;
	if (reading.kind === 'alert') {
		refuseWhenFull(services, 'alert', caller);
		const arrived = { alert: reading.alert, fedBy: caller.supplierId, arrivedAt: new Date() };
		kept = (await services.alertStore.add([arrived], caller.supplierId))[0]!;
	} else {
		refuseWhenFull(services, 'service-request', caller);
		kept = (await services.requestStore.add([reading.request], caller.supplierId))[0]!;
	}
	if (kept === 'conflict') throw new Problem(409, CONFLICT);
	countIngested(
		reading.kind === 'alert' ? 'alert' : 'service-request',
		kept === 'accepted' ? 1 : 0,
		kept === 'duplicate' ? 1 : 0,
		0
	);
	return {
		status: 202,
		body: {
			kind,
			accepted: kept === 'accepted' ? 1 : 0,
			duplicates: kept === 'duplicate' ? 1 : 0,
			verified,
			notes
		}
	};
}

const CONFLICT = 'messageId: a message with this id and other content was kept before';

type Kept = 'accepted' | 'duplicate' | 'conflict' | { refused: string };

/** 202 when something was kept or known; 400 (409 for a single conflict) when every record was refused. */
function answer(
	kind: string,
	{ rejected, good, dropped, single }: ReadRecords<unknown>,
	kept: readonly Kept[]
): Answer {
	const refused: Rejected[] = [...rejected];
	kept.forEach((result, i) => {
		if (result === 'accepted' || result === 'duplicate') return;
		const message = result === 'conflict' ? CONFLICT : result.refused;
		refused.push({
			index: good[i]!.index,
			error: message,
			errors: [{ path: message.split(':')[0]!, message }]
		});
	});
	refused.sort((a, b) => a.index - b.index);
	const accepted = kept.filter((result) => result === 'accepted').length;
	const duplicates = kept.filter((result) => result === 'duplicate').length;
	countIngested(kind, accepted, duplicates, refused.length);
	countDropped(kind, dropped);
	const result = { accepted, duplicates, rejected: refused.map(({ index, error }) => ({ index, error })) };
	if (accepted + duplicates > 0 || refused.length === 0) return { status: 202, body: result };
	const errors = refused.flatMap(({ index, errors }) =>
		errors.map((e) => ({
			path: single ? e.path : [index, e.path].filter((p) => p !== '').join('.'),
			message: e.message
		}))
	);
	if (single && kept[0] === 'conflict') throw new Problem(409, CONFLICT, { errors });
	throw new Problem(400, single ? 'The record does not fit' : 'No record of the call fits', {
		errors,
		...result
	});
}

/**
 * Before memory grows: 429 to a Supplier that sends more than its share while others send too, 503 where everybody
 * has to wait. Either is answered before anything of the call is kept.
 */
function refuseWhenFull(services: IngestServices, kind: 'alert' | 'service-request', caller: Caller): void {
	const [store, backlog] =
		kind === 'alert'
			? [services.alertStore, services.backlog.alerts]
			: [services.requestStore, services.backlog.requests];
	const { own, lanes } = store.standing(caller.supplierId);
	if (own > MOST_WAITING / lanes)
		throw lanes > 1
			? new Problem(429, 'More of your records wait than is your share; come back in a second', {
					retryAfter: 1
				})
			: new Problem(503, 'Too many records wait to be written; come back in a second', { retryAfter: 1 });
	if (backlog > services.config.backlogRecords)
		throw new Problem(
			503,
			`${backlog.toLocaleString('en')} records are kept and wait to be worked on; nothing of this call was kept. Come back in ${RETRY_AFTER} seconds`,
			{ retryAfter: RETRY_AFTER }
		);
}

const fieldsOf = (schema: { shape: Record<string, unknown> }): ReadonlySet<string> =>
	new Set(Object.keys(schema.shape));
