// Prints the fields that ingest would store of a DUIS message, or of a GBCS Alert in hexadecimal. Prints one JSON line
// for each file.
import { readFileSync } from 'node:fs';
import { AlertIn } from '#lib/domain/alert.ts';
import { decodeGbcsAlert, type GbcsAlert } from '#lib/domain/gbcs/alert.ts';
import { readDuis } from '#lib/server/duis/message.ts';

/** Decodes all files; `-` means standard input. Returns the exit code: 1 if at least one file could not be decoded. */
export function decode(
	files: readonly string[],
	out: (line: string) => void,
	fail: (line: string) => void
): number {
	let exitCode = 0;
	for (const file of files) {
		const result = decodeOne(file);
		if ('reason' in result) {
			fail(`${file}: ${result.reason}`);
			exitCode = 1;
		} else out(JSON.stringify({ file, ...result }));
	}
	return exitCode;
}

function decodeOne(file: string): Record<string, unknown> | { reason: string } {
	let bytes: Buffer;
	try {
		bytes = readFileSync(file === '-' ? 0 : file);
	} catch (error) {
		return { reason: `cannot read the file (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
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
	if (alert.alertCode === null) return { reason: `the message has no readable Alert code: ${alert.unread}` };
	const {
		originatorId: deviceId,
		alertCode: code,
		timestamp: raisedAt,
		targetId: recipientId,
		reference
	} = alert;
	const stored = AlertIn.parse({ deviceId, code, raisedAt, recipientId, reference });
	return {
		messageKind: 'alert',
		...stored,
		verified: false,
		gbcs: headerOf(alert),
		notes: alert.unread ? [alert.unread] : []
	};
}

const headerOf = ({ reference, unread: _unread, ...header }: GbcsAlert) => ({
	...header,
	referencesCommand: reference
});
