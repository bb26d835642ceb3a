// Reads the three time formats of GBCS Alerts. All times are UTC by the Device's clock. Returns RFC 3339, or `null` for
// a wildcard or an impossible date.
import { uint16 } from './octets.ts';

const ZIGBEE_EPOCH_MS = Date.UTC(2000, 0, 1);

/**
 * Reads a COSEM date-time, 12 octets: year, month, day, weekday, hour, minute, second, hundredths, deviation, status.
 */
export function cosemTime(raw: Uint8Array): string | null {
	const [, , month, day, , hour, minute, second, hundredths] = raw;
	const ms = hundredths === 0xff ? 0 : hundredths! * 10;
	const deviation = (uint16(raw, 9) << 16) >> 16; // minutes from local time to UTC; -32768 = not given
	const offsetMinutes = deviation === -32768 ? 0 : deviation;
	return instant(uint16(raw, 0), month!, day!, hour!, minute!, second!, ms, offsetMinutes);
}

/**
 * Reads the seconds since 2000-01-01, four octets, big-endian. Returns `null` for 0 and for all ones, which mean no
 * time.
 */
export function zigbeeTime(raw: Uint8Array): string | null {
	const seconds = uint16(raw, 0) * 65_536 + uint16(raw, 2);
	return seconds === 0 || seconds === 0xffffffff
		? null
		: new Date(ZIGBEE_EPOCH_MS + seconds * 1000).toISOString();
}

/** Reads an ASN.1 GeneralizedTime, `YYYYMMDDHHMMSSZ`. */
export function generalizedTime(raw: Uint8Array): string | null {
	const text = String.fromCharCode(...raw);
	const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text);
	if (!parts) return null;
	const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
		number,
		number,
		number,
		number,
		number,
		number
	];
	return instant(year, month, day, hour, minute, second, 0, 0);
}

function instant(
	year: number,
	month: number,
	day: number,
	hour: number,
	minute: number,
	second: number,
	ms: number,
	offsetMinutes: number
): string | null {
	const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms));
	const same = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
	if (!same || hour > 23 || minute > 59 || second > 59 || year < 1970) return null;
	return new Date(at.getTime() + offsetMinutes * 60_000).toISOString();
}
