// Explains the Alerts of a simulated world by the rules alone: calls `correlate` with complete audit data and without
// services. A corpus takes a second, so that the effect of a changed rule or cause table shows over many seeds.
import type { ClockStatus } from '#lib/domain/alert.ts';
import { causesOf, type CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { counterOf, type CommandReference } from '#lib/domain/command-reference.ts';
import { correlate } from '#lib/domain/correlation/correlate.ts';
import { FED_BY_INSTALLATION } from '#lib/domain/fed-by.ts';
import { effectiveTime, type AlertFacts, type HomeDevice } from '#lib/domain/correlation/evidence.ts';
import { splitRequestId, type RequestMode, type ServiceRequest } from '#lib/domain/service-request.ts';
import type { AlertBody } from '../demo/events.ts';
import { PARTIES, type DeviceBody } from '../demo/world.ts';
import type { Ledger, RequestPart } from './ledger.ts';
import { pair, type Answer } from './score.ts';
import type { Truth } from './truth.ts';

/** The time of the clock and of the completeness mark: after all records, so that no explanation is pending. */
const AFTER_EVERYTHING = Number.MAX_SAFE_INTEGER;
const NO_REFERENCE: CommandReference = {
	originatorId: null,
	counter: null,
	messageCode: null,
	requestId: null,
	instruction: null,
	instructions: null
};
const USERS: Record<string, string> = {
	brightwell: PARTIES.brightwell.userId,
	halden: PARTIES.halden.userId
};

/** Returns the truth of each Alert of the world with the answer of the rules for the Supplier that the truth names. */
export function explainByRules(world: Ledger, table: CauseTable): Array<[Truth, Answer]> {
	const supplierIds = new Map<string, number>();
	const idOf = (slug: string): number =>
		supplierIds.get(slug) ?? supplierIds.set(slug, supplierIds.size + 1).size;
	const bodies = new Map(world.devices.map((device) => [device.deviceId, device]));
	const home = new Map([...bodies].map(([id, body]) => [id, asDevice(body, idOf)]));
	const byHub = Map.groupBy(completeRequests(world), (request) => bodies.get(request.deviceId)?.hubId ?? '');
	const alerts = new Map(world.alerts.map((body) => [body.messageId, body]));

	const answers = world.truths.map(({ messageId, viewer }): Answer => {
		const alert = factsOf(alerts.get(messageId)!, bodies);
		const crossesHub = causesOf(table, alert)?.causes.some((cause) => cause.relation === 'same-hub');
		const counter = counterOf(alert.reference);
		const requests = (byHub.get(alert.hubId ?? '') ?? []).filter(
			(r) => crossesHub || r.deviceId === alert.deviceId || r.counter === counter
		);
		const { kind, candidates } = correlate({
			alert,
			requests,
			home,
			viewer: { supplierId: idOf(viewer), userIds: new Set(USERS[viewer] ? [USERS[viewer]] : []) },
			reports: [],
			roleOnly: new Set(),
			now: AFTER_EVERYTHING,
			completeUntil: AFTER_EVERYTHING,
			table,
			learned: new Map()
		});
		return { messageId, viewer, explanation: kind, candidates };
	});
	return pair(world.truths, answers);
}

function asDevice({ deviceType, tenures }: DeviceBody, idOf: (slug: string) => number): HomeDevice {
	return {
		deviceType,
		tenures: tenures.map(({ supplier, from, to }) => ({
			supplierId: idOf(supplier),
			from: Date.parse(from),
			to: to === null ? null : Date.parse(to)
		}))
	};
}

function factsOf(
	body: AlertBody & { recipientId?: string },
	bodies: ReadonlyMap<string, DeviceBody>
): AlertFacts {
	const { deviceId, kind, code, raisedAt, receivedAt } = body;
	const clockStatus = body.clockStatus as ClockStatus;
	const device = bodies.get(deviceId);
	return {
		deviceId,
		deviceType: device?.deviceType ?? null,
		hubId: device?.hubId ?? null,
		kind,
		code,
		dccPayload: body.dccPayload ?? null,
		effectiveAt: effectiveTime(epoch(raisedAt), Date.parse(receivedAt), clockStatus),
		recipientId: body.recipientId ?? null,
		clockStatus,
		throttledCount: null,
		reference: body.reference ? { ...NO_REFERENCE, ...body.reference } : null
	};
}

/** Returns the requests whose records arrive, with the records of each request merged. */
function completeRequests({ requests }: Ledger): ServiceRequest[] {
	return requests
		.filter((sent) => !sent.missing)
		.map(({ requestId, parts }) => {
			const complete = Object.assign({}, ...parts) as RequestPart;
			return {
				requestId,
				fedBy: FED_BY_INSTALLATION,
				...splitRequestId(requestId),
				serviceReferenceVariant: complete.serviceReferenceVariant ?? '',
				userRole: complete.userRole ?? '',
				userName: complete.userName ?? null,
				mode: (complete.mode ?? 'on-demand') as RequestMode,
				requestedAt: epoch(complete.requestedAt),
				executeAt: epoch(complete.executeAt),
				respondedAt: epoch(complete.respondedAt),
				responseCode: complete.responseCode ?? null
			};
		});
}

const epoch = (iso: string | null | undefined): number | null => (iso ? Date.parse(iso) : null);
