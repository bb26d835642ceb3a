// Reads a DCC Alert. The name of the child element of DCCAlert gives the kind of the Alert, and the N-code never does.
// The kind decides which element names the Device.
import { dccAlertTable } from '#lib/domain/alert-code.ts';
import { Eui64, Instant } from '#lib/domain/eui64.ts';
import { RequestId, splitRequestId } from '#lib/domain/service-request.ts';
import { descendants, textOf, type XmlElement } from './xml.ts';

export interface DccAlertFields {
	/** The kind of the DCC Alert: the name of the child element of DCCAlert. */
	dccPayload: string;
	/** The Device of the Alert; `null`: no element and no RequestID names a Device. */
	deviceId: string | null;
	/** The time of the Alert; `null`: the Alert gives no time. */
	raisedAt: string | null;
	/** The RequestID that the Alert names; `null`: the Alert names no Service Request. */
	requestId: string | null;
	notes: string[];
}

/**
 * The element with the Device that the Alert is about, for kinds of DCC Alert that name several Devices or use another
 * element than DeviceID.
 */
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

/**
 * Reads the only child of DCCAlert. An unknown kind or code is accepted and gets a note. Returns the reason as a text
 * if the Alert cannot be read.
 */
export function readDccAlert(code: string, dccAlert: XmlElement): DccAlertFields | string {
	const [kind, ...more] = dccAlert.children;
	if (!kind || more.length > 0) return 'DCCAlert must have exactly one child element';
	const notes: string[] = [];
	if (!KNOWN_KINDS.has(kind.name)) notes.push(`unknown kind of DCC Alert: ${kind.name}`);
	if (!KNOWN_CODES.has(code)) notes.push(`unknown DCC Alert code: ${code}`);
	const elements = [...descendants(kind)];
	const deviceCode = elements.find(
		(e) => e.name === 'DeviceAlertCode' || (kind.name === 'CommsHubAlert' && e.name === 'AlertCode')
	);
	const givenCode = textOf(deviceCode) ?? '';
	if (/^[0-9a-f]{4}$/i.test(givenCode))
		notes.push(`the DCC Alert gives the Device Alert code ${givenCode.toUpperCase()}`);

	const requestId = firstMatch(elements, (e) =>
		e.name.endsWith('RequestID') ? RequestId.safeParse(textOf(e)).data : undefined
	);
	const deviceElement = DEVICE_ELEMENT[kind.name] ?? 'DeviceID';
	const deviceId =
		firstMatch(elements, (e) => (e.name === deviceElement ? deviceIn(e) : undefined)) ??
		firstMatch(elements, (e) => (/(Device|Meter)ID$/.test(e.name) ? deviceIn(e) : undefined)) ??
		(requestId ? splitRequestId(requestId).deviceId : null);
	const raisedAt =
		firstMatch(elements, (e) =>
			TIME_ELEMENTS.has(e.name) ? Instant.safeParse(textOf(e)).data : undefined
		) ?? null;
	return { dccPayload: kind.name.slice(0, 60), deviceId, raisedAt, requestId: requestId ?? null, notes };
}

const deviceIn = (element: XmlElement): string | undefined => Eui64.safeParse(textOf(element)).data;

function firstMatch<T>(
	elements: readonly XmlElement[],
	pick: (element: XmlElement) => T | undefined
): T | undefined {
	for (const element of elements) {
		const found = pick(element);
		if (found !== undefined) return found;
	}
	return undefined;
}
