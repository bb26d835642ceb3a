// DCC Alerts: told apart by the child element of DCCAlert, never by the N-code. Each kind says where its Device stands.
import { Eui64, Instant } from '#lib/domain/eui64.ts';
import { RequestId, splitRequestId } from '#lib/domain/service-request.ts';
import { dccAlertTable } from '#lib/domain/alert-code.ts';
import { descendants, textOf, type XmlElement } from './xml.ts';

export interface DccAlertFields {
	dccPayload: string;
	deviceId: string | null;
	raisedAt: string | null;
	requestId: string | null;
	notes: string[];
}

/** Where several Devices are named, the one that the Alert is about. */
const DEVICE_ELEMENT: Record<string, string> = {
	PowerOutageEvent: 'CommsHubDeviceID',
	PPMIDRemoval: 'PPMIDDeviceID',
	DualBandCHAlert: 'CHFDeviceID',
	ALCSHCALCSConfigurationChange: 'ESMEDeviceID',
	CSPFirmwareDeliveryStatus: 'TargetDeviceID',
	CommsHubAlert: 'CommsHubDeviceID'
};
const TIME_ELEMENTS = new Set(['StartDateTime', 'Timestamp', 'TimeStamp', 'DateTime', 'RestoredDate']);
const KNOWN_KINDS = new Set(dccAlertTable.payloads.map((row) => row.payload));
const KNOWN_CODES = new Set(dccAlertTable.codes.map((row) => row.code));

/** Reads the one child of DCCAlert; an unknown kind is kept and marked. Returns the reason where it cannot be read. */
export function readDccAlert(code: string, dccAlert: XmlElement): DccAlertFields | string {
	const [kind, ...more] = dccAlert.children;
	if (!kind || more.length > 0) return 'DCCAlert must have exactly one child element';
	const notes: string[] = [];
	if (!KNOWN_KINDS.has(kind.name)) notes.push(`${kind.name} is no known kind of DCC Alert`);
	if (!KNOWN_CODES.has(code)) notes.push(`${code} is no known DCC Alert code`);
	const inside = [...descendants(kind)];
	const deviceCode = inside.find(
		(e) => e.name === 'DeviceAlertCode' || (kind.name === 'CommsHubAlert' && e.name === 'AlertCode')
	);
	if (deviceCode && /^[0-9a-f]{4}$/i.test(deviceCode.text.trim()))
		notes.push(`Device Alert code ${deviceCode.text.trim().toUpperCase()}`);

	const requestId = first(inside, (e) =>
		e.name.endsWith('RequestID') ? RequestId.safeParse(e.text).data : undefined
	);
	const named = DEVICE_ELEMENT[kind.name] ?? 'DeviceID';
	const deviceId =
		first(inside, (e) => (e.name === named ? device(e) : undefined)) ??
		first(inside, (e) => (/(Device|Meter)ID$/.test(e.name) ? device(e) : undefined)) ??
		(requestId ? splitRequestId(requestId).deviceId : null);
	const raisedAt =
		first(inside, (e) => (TIME_ELEMENTS.has(e.name) ? Instant.safeParse(textOf(e)).data : undefined)) ?? null;
	return { dccPayload: kind.name.slice(0, 60), deviceId, raisedAt, requestId: requestId ?? null, notes };
}

const device = (element: XmlElement): string | undefined => Eui64.safeParse(element.text).data;

function first<T>(
	elements: readonly XmlElement[],
	pick: (element: XmlElement) => T | undefined
): T | undefined {
	for (const element of elements) {
		const found = pick(element);
		if (found !== undefined) return found;
	}
	return undefined;
}
