// Says which records the API key of a Supplier may feed. A key of the installation may feed every record. These are all
// rules of writing: ingest checks each record by this table before it stores the record.
import type { AlertIn } from './alert.ts';
import { effectiveTime } from './correlation/evidence.ts';
import type { DeviceIn } from './device.ts';
import type { Feeder } from './fed-by.ts';
import { splitRequestId, type ServiceRequestIn } from './service-request.ts';
import { tenureAt, type TenureSpan } from './tenure.ts';

/** A tenure, and who stated it. `statedBy: null`: the installation. */
export interface StatedTenure extends TenureSpan {
	statedBy: Feeder;
}

/** What the rules ask about the Supplier of a key, and about the Devices of the records. */
export interface WriterFacts {
	supplierId: number;
	slug: string;
	userIds: ReadonlySet<string>;
	/** Returns the tenures of a Device; an unknown Device has none. */
	tenuresOf(deviceId: string): readonly StatedTenure[];
	/** The present instant (epoch ms). */
	now: number;
}

/** Why a record is refused. The text says what the sender can do. */
export interface Refusal {
	reason: 'not-your-device' | 'not-your-tenure' | 'not-your-record';
	/** The field of the record that decides. */
	field: string;
	text: string;
}

export interface WriteRule<T> {
	/** The kind of the records, as metrics and the audit name it. */
	kind: 'device' | 'service-request' | 'alert';
	/** The records that the key of a Supplier may feed, as the documents say it. */
	may: string;
	/** Returns the Device of a record. */
	deviceOf(record: T): string;
	/** Returns why the key may not feed this record; `null`: it may. */
	refusal(record: T, facts: WriterFacts): Refusal | null;
}

const INSTALLATION_KEY = `a key of the installation (made with --supplier '*')`;

export const WRITE_RULES: {
	device: WriteRule<DeviceIn>;
	request: WriteRule<ServiceRequestIn>;
	alert: WriteRule<AlertIn>;
} = {
	device: {
		kind: 'device',
		may: 'Devices that are in its tenure now, or in the tenure of nobody, with its own tenures only',
		deviceOf: (device) => device.deviceId,
		refusal(device, facts) {
			const { supplierId, slug, now } = facts;
			const stored = facts.tenuresOf(device.deviceId);
			const current = tenureAt(stored, now);
			if (current && current.supplierId !== supplierId)
				return {
					reason: 'not-your-device',
					field: 'deviceId',
					text: `another Supplier is responsible for this Device now; send it with ${INSTALLATION_KEY}`
				};
			const stated = device.tenures ?? [];
			if (stated.some((tenure) => tenure.supplier !== slug))
				return {
					reason: 'not-your-tenure',
					field: 'tenures',
					text: `this key may state its own Supplier's tenures only; state others with ${INSTALLATION_KEY}`
				};
			const own = stored.filter((tenure) => tenure.supplierId === supplierId);
			if (own.length === 0 && stated.length === 0)
				return {
					reason: 'not-your-device',
					field: 'tenures',
					text: `the Device is not in your tenure; state your tenure, or send it with ${INSTALLATION_KEY}`
				};
			const fixed = own.filter((tenure) => tenure.statedBy === null);
			const isWithin = ({ from, to }: { from: string; to: string | null }) =>
				fixed.some(
					(tenure) =>
						tenure.from <= Date.parse(from) && (tenure.to ?? Infinity) >= (to ? Date.parse(to) : Infinity)
				);
			if (fixed.length > 0 && !stated.every(isWithin))
				return {
					reason: 'not-your-tenure',
					field: 'tenures',
					text: `the installation has stated your tenure of this Device, and your key may only shorten it; extend it with ${INSTALLATION_KEY}`
				};
			return null;
		}
	},

	request: {
		kind: 'service-request',
		may: 'Service Requests that its own User IDs sent, or that went to Devices in its tenure at the time',
		deviceOf: (request) => request.deviceId ?? splitRequestId(request.requestId).deviceId,
		refusal(request, { supplierId, userIds, tenuresOf }) {
			const parts = splitRequestId(request.requestId);
			if (userIds.has(request.userId ?? parts.userId)) return null;
			const at = Date.parse((request.requestedAt ?? request.respondedAt)!);
			if (tenureAt(tenuresOf(request.deviceId ?? parts.deviceId), at)?.supplierId === supplierId) return null;
			return {
				reason: 'not-your-record',
				field: 'requestId',
				text: `another User sent this Service Request, and the Device was not in your tenure then; send the Device first, or use ${INSTALLATION_KEY}`
			};
		}
	},

	alert: {
		kind: 'alert',
		may: 'Alerts that are addressed to its own User IDs, or of Devices in its tenure at the time',
		deviceOf: (alert) => alert.deviceId,
		refusal(alert, { supplierId, userIds, tenuresOf, now }) {
			if (alert.recipientId && userIds.has(alert.recipientId)) return null;
			const raisedAt = alert.raisedAt ? Date.parse(alert.raisedAt) : null;
			const receivedAt = alert.receivedAt ? Date.parse(alert.receivedAt) : now;
			const at = effectiveTime(raisedAt, receivedAt, alert.clockStatus);
			if (tenureAt(tenuresOf(alert.deviceId), at)?.supplierId === supplierId) return null;
			return {
				reason: 'not-your-record',
				field: 'deviceId',
				text: `the Alert is not addressed to your User IDs, and the Device was not in your tenure then; send the Device first, or use ${INSTALLATION_KEY}`
			};
		}
	}
};
