// Reads a mail as nodemailer writes it: its headers, and its parts of text.

export interface MailContent {
	/** The headers by their names in lower case. */
	headers: Record<string, string>;
	/** The parts of the body by their media types. */
	parts: Record<string, string>;
}

/** `raw`: the bytes as Latin-1. */
export function readMail(raw: string): MailContent {
	const { headers, body } = split(raw);
	const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1];
	const parts: Record<string, string> = {};
	const pieces = boundary
		? body
				.split(`--${boundary}`)
				.slice(1, -1)
				.map((text) => split(text.slice(2)))
		: [{ headers, body }];
	for (const piece of pieces) {
		const type = (piece.headers['content-type'] ?? 'text/plain').split(';')[0]!;
		parts[type] = decode(piece.body, piece.headers['content-transfer-encoding'] ?? '7bit');
	}
	return { headers, parts };
}

/** Decodes the encoded words of a header (RFC 2047). */
export const headerText = (text: string): string =>
	text
		.replace(/(\?=)\s+(=\?)/g, '$1$2')
		.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, encoding: string, word: string) =>
			encoding.toLowerCase() === 'b' ? decode(word, 'base64') : decode(word.replaceAll('_', ' '), 'q')
		);

function split(text: string): { headers: Record<string, string>; body: string } {
	const end = text.indexOf('\r\n\r\n');
	const lines = text
		.slice(0, end)
		.replace(/\r\n[ \t]+/g, ' ')
		.split('\r\n');
	const headers = lines.map((line) => {
		const colon = line.indexOf(':');
		return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
	});
	return { headers: Object.fromEntries(headers), body: text.slice(end + 4) };
}

function decode(text: string, encoding: string): string {
	if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
	if (encoding === '7bit') return text;
	const bytes = text
		.replace(/=\r\n/g, '')
		.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
	return Buffer.from(bytes, 'latin1').toString('utf8');
}
