// Alerts of SMETS1 Devices: no GBCS octets, code and time stand in plain XML. The element is called DeviceAlertMessage
// here too, so that it is found by its full path only.
import { Eui64, Instant } from '#lib/domain/eui64.ts';
import { child, descendants, textOf, type XmlElement } from './xml.ts';

export interface Smets1Alert {
	kind: 'device';
	deviceId: string | null;
	code: string;
	raisedAt: string | null;
	clockStatus: 'reliable' | 'unreliable' | 'invalid';
	throttledCount: number | null;
	notes: string[];
}

/** The Alert in a SMETS1ResponseMessage, or `null` where it holds a response. */
export function readSmets1Alert(message: XmlElement): Smets1Alert | null {
	const response = child(child(message, 'SMETS1SignedResponse'), 'SMETS1Response');
	const alert = child(child(response, 'Body'), 'DeviceAlertMessage');
	if (!alert) return null;
	const content = [...descendants(alert)];
	const code = textOf(content.find((element) => element.name === 'GBCSHexAlertCode'));
	const known = code !== null && /^(0x)?[0-9A-Fa-f]{4}$/.test(code);
	const time = content.find((element) => element.name === 'Timestamp');
	const status = time?.attributes.get('ClockStatus');
	const header = child(response, 'Header');
	const originator =
		header &&
		[...descendants(header)].find((element) => /^(BusinessOriginatorID|DeviceID)$/.test(element.name));
	const throttled = textOf(child(message, 'ThrottledAlertCount'));
	return {
		kind: 'device',
		deviceId: Eui64.safeParse(textOf(originator)).data ?? null,
		code: known ? code : 'SMETS1',
		raisedAt: Instant.safeParse(textOf(time)).data ?? null,
		clockStatus: status === 'unreliable' || status === 'invalid' ? status : 'reliable',
		throttledCount: throttled !== null && /^[1-9]\d{0,9}$/.test(throttled) ? Number(throttled) : null,
		notes: ['SMETS1: no GBCS meaning is guaranteed', ...(known ? [] : ['it gives no Alert code'])]
	};
}
