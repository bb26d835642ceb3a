// Handles ingest calls: reads the records by the allow-list of fields, stores the records, and answers after their
// commit.
import { z } from 'zod';
import { AlertIn } from '#lib/domain/alert.ts';
import { DeviceIn } from '#lib/domain/device.ts';
import { ServiceRequestIn } from '#lib/domain/service-request.ts';
import { WRITE_RULES, type WriteRule } from '#lib/domain/write-permission.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Caller, Reply } from '#lib/server/http/route.ts';
import type { Backlog } from '#lib/server/jobs/backlog.ts';
import type { Config } from '#lib/server/process/config.ts';
import { countDropped, countIngested } from '#lib/server/process/metrics.ts';
import type { AlertStore, ArrivedAlert, StoreResult } from './alert-store.ts';
import type { DeviceResult, DeviceStore } from './device-store.ts';
import { DroppedFieldCount, fieldTree } from './dropped-fields.ts';
import { readInventoryCsv } from './inventory-csv.ts';
import { checkRecords, readRecords, type ReadRecords, type RecordSchema, type Rejected } from './records.ts';
import { readRequestCsv } from './request-csv.ts';
import type { RequestStore } from './request-store.ts';
import type { WriteCheck } from './write-check.ts';

export interface IngestServices {
	alertStore: AlertStore;
	requestStore: RequestStore;
	deviceStore: DeviceStore;
	writeCheck: WriteCheck;
	backlog: Pick<Backlog, 'alerts' | 'requests'>;
	config: Pick<Config, 'backlogRecords'>;
}

export const IngestResult = z
	.object({
		accepted: z.number().int(),
		duplicates: z.number().int(),
		rejected: z.array(z.object({ index: z.number().int(), error: z.string() })),
		/** The fields that the server dropped because no schema names them, the most frequent first. */
		dropped: z.array(DroppedFieldCount)
	})
	.meta({ id: 'IngestResult' });

/**
 * Ingest refuses calls while more records than this wait for their commit. Each lane may use an equal share of this
 * number.
 */
const MAX_WAITING_RECORDS = 20_000;
const WAITING_RETRY_SECONDS = 1;
/** The time that a sender should wait while too many stored records wait for a worker. */
const BACKLOG_RETRY_SECONDS = 2;

const withFields = <T>(schema: z.ZodType<T>): RecordSchema<T> => ({ schema, fields: fieldTree(schema) });
const ALERTS = withFields(AlertIn);
const REQUESTS = withFields(ServiceRequestIn);
const DEVICES = withFields(DeviceIn);

export async function ingestAlerts(
	services: IngestServices,
	caller: Caller,
	body: Buffer,
	type: string
): Promise<Reply> {
	const read = readRecords(body, type, ALERTS);
	refuseWhenFull(services, 'alert', caller);
	const { allowed, results } = await storeAlerts(services, caller, read);
	return answer('alert', allowed, results);
}

/** The records of a call that the caller may feed, with the results of storing them. */
interface Stored<T, Result> {
	allowed: ReadRecords<T>;
	results: Result[];
}

async function storeAlerts(
	services: IngestServices,
	caller: Caller,
	read: ReadRecords<AlertIn>
): Promise<Stored<AlertIn, StoreResult>> {
	const arrivedAt = new Date();
	const allowed = await onlyAllowed(services, WRITE_RULES.alert, caller, read);
	const alerts = allowed.valid.map(({ record }): ArrivedAlert => ({
		alert: record,
		arrivedAt,
		...feederOf(caller)
	}));
	return { allowed, results: await services.alertStore.add(alerts, caller.supplierId) };
}

/** Moves the records that the caller may not feed from the valid records to the rejected records. */
async function onlyAllowed<T>(
	{ writeCheck }: IngestServices,
	rule: WriteRule<T>,
	caller: Caller,
	read: ReadRecords<T>
): Promise<ReadRecords<T>> {
	const { allowed, refused } = await writeCheck.check(rule, caller, read.valid);
	return { ...read, valid: [...allowed], rejected: [...read.rejected, ...refused] };
}

/** Returns who feeds the records of a caller. Only API keys have the scope to feed records. */
export const feederOf = ({ supplierId, keyId }: Caller) => ({ fedBy: supplierId, keyId: keyId! });

export async function ingestServiceRequests(
	services: IngestServices,
	caller: Caller,
	body: Buffer,
	type: string
): Promise<Reply> {
	const read =
		type === 'text/csv'
			? checkRecords({ values: readRequestCsv(body), isSingle: false }, REQUESTS)
			: readRecords(body, type, REQUESTS);
	refuseWhenFull(services, 'service-request', caller);
	const { allowed, results } = await storeRequests(services, caller, read);
	return answer('service-request', allowed, results);
}

async function storeRequests(
	services: IngestServices,
	caller: Caller,
	read: ReadRecords<ServiceRequestIn>
): Promise<Stored<ServiceRequestIn, StoreResult>> {
	const allowed = await onlyAllowed(services, WRITE_RULES.request, caller, read);
	const requests = allowed.valid.map(({ record }) => ({ record, ...feederOf(caller) }));
	return { allowed, results: await services.requestStore.add(requests, caller.supplierId) };
}

export async function ingestDevices(
	services: IngestServices,
	caller: Caller,
	body: Buffer,
	type: string
): Promise<Reply> {
	const read =
		type === 'text/csv'
			? checkRecords({ values: readInventoryCsv(body), isSingle: false }, DEVICES)
			: readRecords(body, type, DEVICES);
	const allowed = await onlyAllowed(services, WRITE_RULES.device, caller, read);
	const devices = allowed.valid.map(({ record }) => record);
	return answer('device', allowed, await services.deviceStore.record(devices, feederOf(caller)));
}

export const CONFLICT =
	'messageId: a message with this id and other content was stored before; give each message its own id';

/**
 * Counts the results and builds the answer. The status is 202 if at least one record was accepted or already stored, or
 * if the call had no records. The status is 400 if every record was refused. The status is 409 if the call was a single
 * record that conflicts with a stored record.
 */
function answer(
	kind: string,
	{ rejected, valid, dropped, isSingle }: ReadRecords<unknown>,
	results: ReadonlyArray<StoreResult | DeviceResult>
): Reply {
	const refused: Rejected[] = [...rejected];
	results.forEach((result, i) => {
		if (result === 'accepted' || result === 'duplicate') return;
		const message = result === 'conflict' ? CONFLICT : result.refused;
		const { index, lines } = valid[i]!;
		const error = lines ? `${lines.length > 1 ? 'lines' : 'line'} ${lines.join(', ')}: ${message}` : message;
		refused.push({ index, error, errors: [{ path: message.split(':')[0]!, message: error }] });
	});
	refused.sort((a, b) => a.index - b.index);
	const accepted = results.filter((result) => result === 'accepted').length;
	const duplicates = results.filter((result) => result === 'duplicate').length;
	countIngested(kind, accepted, duplicates, refused.length);
	countDropped(kind, dropped.total);
	const body = {
		accepted,
		duplicates,
		rejected: refused.map(({ index, error }) => ({ index, error })),
		dropped: dropped.list()
	};
	if (accepted + duplicates > 0 || refused.length === 0) return { status: 202, body };
	const errors = refused.flatMap(({ index, errors }) =>
		errors.map((e) => ({
			path: isSingle ? e.path : [index, e.path].filter((p) => p !== '').join('.'),
			message: e.message
		}))
	);
	if (isSingle && results[0] === 'conflict') throw new Problem(409, CONFLICT, { errors });
	const detail = isSingle
		? 'The record is not valid; see errors'
		: 'No record of the call is valid; see errors';
	throw new Problem(400, detail, { errors, ...body });
}

/**
 * Refuses a call before its records use memory and before any record is stored. The status is 429 if the Supplier sends
 * more than its share while other lanes send too. The status is 503 if every sender has to wait.
 */
export function refuseWhenFull(
	services: IngestServices,
	kind: 'alert' | 'service-request',
	caller: Caller
): void {
	const [store, backlog] =
		kind === 'alert'
			? [services.alertStore, services.backlog.alerts]
			: [services.requestStore, services.backlog.requests];
	const { own, lanes } = store.loadOf(caller.supplierId);
	if (own > MAX_WAITING_RECORDS / lanes)
		throw lanes > 1
			? refusal(429, 'More of your records wait to be stored than your share allows', WAITING_RETRY_SECONDS)
			: refusal(503, 'Too many records wait to be stored', WAITING_RETRY_SECONDS);
	if (backlog > services.config.backlogRecords)
		throw refusal(
			503,
			`${backlog.toLocaleString('en')} stored records wait for a worker`,
			BACKLOG_RETRY_SECONDS
		);
}

const refusal = (status: 429 | 503, reason: string, retryAfter: number): Problem =>
	new Problem(
		status,
		`${reason}; nothing of this call was stored. Send it again in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}`,
		{ retryAfter }
	);
