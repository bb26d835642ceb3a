// Reads the Alert of a SMETS1 Device. Such an Alert has no GBCS payload: its code and time are plain XML. Other
// messages also have an element DeviceAlertMessage, so this file finds the element by its full path.
import { Eui64, Instant } from '#lib/domain/eui64.ts';
import { child, descendants, textOf, type XmlElement } from './xml.ts';

export interface Smets1Alert {
	kind: 'device';
	/** The Device of the Alert; `null`: the header names no Device. */
	deviceId: string | null;
	/** The Alert code; `SMETS1` if the message gives no code. */
	code: string;
	/** The time of the Alert; `null`: the message gives no time. */
	raisedAt: string | null;
	clockStatus: 'reliable' | 'unreliable' | 'invalid';
	/** The number of throttled Alerts; `null`: the message reports none. */
	throttledCount: number | null;
	notes: string[];
}

/** Reads the Alert in a SMETS1ResponseMessage; `null`: the message holds a Service Response. */
export function readSmets1Alert(message: XmlElement): Smets1Alert | null {
	const response = child(child(message, 'SMETS1SignedResponse'), 'SMETS1Response');
	const alert = child(child(response, 'Body'), 'DeviceAlertMessage');
	if (!alert) return null;
	const content = [...descendants(alert)];
	const code = textOf(content.find((element) => element.name === 'GBCSHexAlertCode'));
	const hasCode = code !== null && /^(0x)?[0-9A-Fa-f]{4}$/.test(code);
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
		code: hasCode ? code : 'SMETS1',
		raisedAt: Instant.safeParse(textOf(time)).data ?? null,
		clockStatus: status === 'unreliable' || status === 'invalid' ? status : 'reliable',
		throttledCount: throttled !== null && /^[1-9]\d{0,9}$/.test(throttled) ? Number(throttled) : null,
		notes: [
			'SMETS1: the code may not have the meaning that GBCS gives it',
			...(hasCode ? [] : ['the message gives no Alert code; it is stored with the code SMETS1'])
		]
	};
}
