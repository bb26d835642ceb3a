// decode: shows what ingest would keep of a DUIS message or of a GBCS Alert in hex, one JSON line a file.
import { readFileSync } from 'node:fs';
import { AlertIn } from '#lib/domain/alert.ts';
import { decodeGbcsAlert, type GbcsAlert } from '#lib/domain/gbcs/alert.ts';
import { readDuis } from '#lib/server/duis/message.ts';

/** Decodes each file (`-`: standard input); returns 1 when one of them could not be read, after doing the others. */
export function decode(
	files: readonly string[],
	out: (line: string) => void,
	fail: (line: string) => void
): number {
	let bad = 0;
	for (const file of files) {
		const result = decodeOne(file);
		if ('reason' in result) {
			fail(`${file}: ${result.reason}`);
			bad = 1;
		} else out(JSON.stringify({ file, ...result }));
	}
	return bad;
}

function decodeOne(file: string): Record<string, unknown> | { reason: string } {
	let bytes: Buffer;
	try {
		bytes = readFileSync(file === '-' ? 0 : file);
	} catch (error) {
		return { reason: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown fault'}` };
	}
	const text = bytes.toString('latin1').replace(/\s+/g, '');
	return /^[0-9a-f]+$/i.test(text) && text.length % 2 === 0 ? gbcs(Buffer.from(text, 'hex')) : duis(bytes);
}

function duis(bytes: Buffer): Record<string, unknown> | { reason: string } {
	const reading = readDuis(bytes, new Date());
	if (!reading.ok) return { reason: reading.reason };
	const { kind, verified, notes } = reading;
	if (kind === 'alert')
		return {
			messageKind: kind,
			...reading.alert,
			verified,
			gbcs: reading.gbcs && headerOf(reading.gbcs),
			notes
		};
	if (kind === 'acknowledgement') return { messageKind: kind, requestId: reading.requestId, verified, notes };
	return { messageKind: kind, ...reading.request, verified, notes };
}

function gbcs(bytes: Buffer): Record<string, unknown> | { reason: string } {
	const reading = decodeGbcsAlert(bytes);
	if (!reading.ok) return { reason: reading.reason };
	const { alert } = reading;
	if (alert.alertCode === null) return { reason: `no Alert code: ${alert.unread}` };
	const {
		originatorId: deviceId,
		alertCode: code,
		timestamp: raisedAt,
		targetId: recipientId,
		reference
	} = alert;
	const kept = AlertIn.parse({ deviceId, code, raisedAt, recipientId, reference });
	return {
		messageKind: 'alert',
		...kept,
		verified: false,
		gbcs: headerOf(alert),
		notes: alert.unread ? [alert.unread] : []
	};
}

const headerOf = ({ reference, unread: _unread, ...header }: GbcsAlert) => ({
	...header,
	referencesCommand: reference
});
