// XML of a DUIS message as a small tree, within limits that are checked before and while it is read: saxes is strict
// but quadratic in depth, so that a deep document must be refused at once.
import { SaxesParser } from 'saxes';

export const SR = 'http://www.dccinterface.co.uk/ServiceUserGateway';
export const RA = 'http://www.dccinterface.co.uk/ResponseAndAlert';

export const LIMITS = {
	bytes: 256 * 1024,
	depth: 64,
	elements: 10_000,
	attributes: 64,
	text: 8192,
	payload: 200 * 1024
};

export interface XmlElement {
	/** Local name; elements of other namespaces than sr and ra are not in the tree. */
	name: string;
	uri: string;
	attributes: ReadonlyMap<string, string>;
	text: string;
	children: XmlElement[];
}

/** `hostile`: refused for its shape before its size mattered. */
export type XmlReading = { ok: true; root: XmlElement } | { ok: false; reason: string; hostile?: boolean };

class Refused extends Error {}

const DECODER = new TextDecoder('utf-8', { fatal: true });

/** Reads a document into a tree of its sr and ra elements. */
export function readXml(bytes: Uint8Array): XmlReading {
	if (bytes.length > LIMITS.bytes) return tooLarge(bytes);
	let text: string;
	try {
		text = DECODER.decode(bytes);
	} catch {
		return { ok: false, reason: 'the message is not UTF-8' };
	}
	try {
		return { ok: true, root: parse(text) };
	} catch (error) {
		return { ok: false, reason: error instanceof Refused ? error.message : notWellFormed(error) };
	}
}

/** Of a message that is too large only the beginning is looked at: one that is built to hurt is called so. */
function tooLarge(bytes: Uint8Array): XmlReading {
	try {
		parse(new TextDecoder().decode(bytes.subarray(0, LIMITS.bytes)));
	} catch (error) {
		if (error instanceof Refused) return { ok: false, reason: error.message, hostile: true };
	}
	return { ok: false, reason: `the message is larger than ${LIMITS.bytes} bytes` };
}

// The parser's own words may quote the message, and what is quoted could be payload: only the place is passed on.
function notWellFormed(error: unknown): string {
	const place = /^(\d+):(\d+):/.exec((error as Error).message);
	return place ? `not well-formed XML, at line ${place[1]}, column ${place[2]}` : 'not well-formed XML';
}

function parse(text: string): XmlElement {
	const parser = new SaxesParser({ xmlns: true, position: true });
	const open: Array<XmlElement | null> = [];
	let root: XmlElement | undefined;
	let elements = 0;
	let depth = 0;

	parser.on('error', (error) => {
		throw error;
	});
	parser.on('xmldecl', ({ encoding }) => {
		if (encoding && encoding.toLowerCase() !== 'utf-8')
			throw new Refused(`the message says it is ${encoding.slice(0, 20)}; only UTF-8 is taken`);
	});
	parser.on('doctype', () => {
		throw new Refused('a DOCTYPE is not taken');
	});
	parser.on('processinginstruction', () => {
		throw new Refused('a processing instruction is not taken');
	});
	parser.on('opentagstart', () => {
		if (++depth > LIMITS.depth) throw new Refused(`elements are nested deeper than ${LIMITS.depth}`);
		if (++elements > LIMITS.elements) throw new Refused(`more than ${LIMITS.elements} elements`);
	});
	let attributes = 0;
	parser.on('attribute', () => {
		if (++attributes > LIMITS.attributes)
			throw new Refused(`more than ${LIMITS.attributes} attributes on one element`);
	});
	parser.on('opentag', (tag) => {
		attributes = 0;
		const known = tag.uri === SR || tag.uri === RA;
		const parent = open.at(-1);
		const element: XmlElement | null = known
			? {
					name: tag.local,
					uri: tag.uri,
					attributes: new Map(
						Object.values(tag.attributes)
							.filter((a) => a.uri === '')
							.map((a) => [a.local, a.value])
					),
					text: '',
					children: []
				}
			: null;
		if (element && depth === 1) root = element;
		// What stands inside a foreign element (a signature, say) is foreign too.
		else if (element && parent) parent.children.push(element);
		open.push(depth === 1 || parent ? element : null);
	});
	const addText = (more: string) => {
		const element = open.at(-1);
		if (!element) return;
		const limit = element.name === 'GBCSPayload' ? LIMITS.payload : LIMITS.text;
		if (element.text.length + more.length > limit)
			throw new Refused(`the text of ${element.name} is longer than ${limit} characters`);
		element.text += more;
	};
	parser.on('text', addText);
	parser.on('cdata', addText);
	parser.on('closetag', () => {
		depth--;
		open.pop();
	});

	// A DOCTYPE comes before the root; found here, no entity of it is ever looked at.
	if (/<!DOCTYPE/i.test(text.slice(0, text.indexOf('<', text.search(/<[A-Za-z_:]/) + 1) + 1 || undefined)))
		throw new Refused('a DOCTYPE is not taken');
	parser.write(text).close();
	if (!root) throw new Refused('the root element is not of the DUIS namespace');
	return root;
}

/** The child of this name in the namespace of DUIS, if there is one. */
export const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
	element?.children.find((c) => c.name === name && c.uri === SR);

export const textOf = (element: XmlElement | undefined): string | null => element?.text.trim() ?? null;

/** Depth first, without the element itself. */
export function* descendants(element: XmlElement): Generator<XmlElement> {
	for (const c of element.children) {
		yield c;
		yield* descendants(c);
	}
}
