// Recognises a body that does not have the content of its Content-Type, and says how to send it.

const JSON_START = /^[[{"]/;

/**
 * Returns what is wrong if the text looks like content of another kind than its media type says. Returns `null` if the
 * text does not look like another kind.
 */
export function wrongContent(text: string, type: string): string | null {
	const start = text
		.slice(0, 4096)
		.replace(/^\uFEFF/, '')
		.trimStart();
	const looksLike = (what: string, then: string) => `The body looks like ${what}: ${then}`;
	if (/xml$/.test(type))
		return JSON_START.test(start)
			? looksLike('JSON', 'send records to POST /api/v1/alerts, /service-requests or /devices')
			: null;
	if (start.startsWith('<'))
		return looksLike('XML', 'send DUIS messages to POST /api/v1/duis with content-type application/xml');
	if (/ndjson$/.test(type)) {
		if (start.startsWith('[')) return looksLike('a JSON array', 'send it with content-type application/json');
		return isCsv(start) ? looksLike('CSV', 'send it with content-type text/csv') : null;
	}
	if (type === 'application/json') {
		if (isNdjson(text)) return looksLike('NDJSON', 'send it with content-type application/x-ndjson');
		return isCsv(start) ? looksLike('CSV', 'send it with content-type text/csv') : null;
	}
	if (type === 'text/csv' && /^[[{]/.test(start))
		return looksLike(
			'JSON',
			'send it with content-type application/json, or application/x-ndjson for NDJSON'
		);
	return null;
}

/** Returns whether the first two lines that are not empty are JSON objects, each on its own. */
function isNdjson(text: string): boolean {
	const lines = text.split('\n', 1000).filter((line) => line.trim() !== '');
	return lines.length > 1 && lines.slice(0, 2).every(isJsonObject);
}

function isJsonObject(line: string): boolean {
	try {
		return line.trimStart().startsWith('{') && typeof JSON.parse(line) === 'object';
	} catch {
		return false;
	}
}

const isCsv = (start: string): boolean => /^(sep=|"?[A-Za-z]\w*"?\s*[,;\t]\s*"?[A-Za-z])/.test(start);
