// Reads the XML of a DUIS message into a small tree. A message is refused as soon as it exceeds a limit. The time of
// the parser (saxes) grows with the square of the depth, so a deep document must be refused at once.
import { SaxesParser } from 'saxes';

const SR = 'http://www.dccinterface.co.uk/ServiceUserGateway';
const RA = 'http://www.dccinterface.co.uk/ResponseAndAlert';

export const XML_LIMITS = {
	maxBytes: 256 * 1024,
	maxDepth: 64,
	maxElements: 10_000,
	maxAttributesPerElement: 64,
	maxTextCharacters: 8192,
	maxPayloadCharacters: 200 * 1024
};

export interface XmlElement {
	/** The local name of the element. The tree holds only elements of the namespaces sr and ra. */
	name: string;
	uri: string;
	attributes: ReadonlyMap<string, string>;
	text: string;
	children: XmlElement[];
	/** Whether `textOf` has returned the text. */
	wasRead: boolean;
}

/** The result of reading XML. */
export type XmlReading =
	| {
			ok: true;
			root: XmlElement;
			/** The local names of the elements of other namespaces. Elements inside such an element are not listed. */
			foreign: readonly string[];
	  }
	| { ok: false; reason: string };

class RefusedXml extends Error {}

const DECODER = new TextDecoder('utf-8', { fatal: true });

/** Reads a document into a tree of its elements in the namespaces sr and ra. */
export function readXml(bytes: Uint8Array): XmlReading {
	if (bytes.length > XML_LIMITS.maxBytes) return refuseLarge(bytes);
	let text: string;
	try {
		text = DECODER.decode(bytes);
	} catch {
		return { ok: false, reason: 'the message is not UTF-8' };
	}
	try {
		return { ok: true, ...parse(text) };
	} catch (error) {
		return { ok: false, reason: error instanceof RefusedXml ? error.message : notWellFormed(error) };
	}
}

/**
 * Refuses a message that is too large. Only the beginning of the message is parsed, to tell an attack from a large
 * message.
 */
function refuseLarge(bytes: Uint8Array): XmlReading {
	try {
		parse(new TextDecoder().decode(bytes.subarray(0, XML_LIMITS.maxBytes)));
	} catch (error) {
		if (error instanceof RefusedXml) return { ok: false, reason: error.message };
	}
	return { ok: false, reason: `the message is larger than ${XML_LIMITS.maxBytes} bytes` };
}

/**
 * Returns the position of an XML error. The text of the parser's error is left out, because it may quote the message
 * and so payload.
 */
function notWellFormed(error: unknown): string {
	const place = /^(\d+):(\d+):/.exec((error as Error).message);
	return place ? `not well-formed XML, at line ${place[1]}, column ${place[2]}` : 'not well-formed XML';
}

function parse(text: string): { root: XmlElement; foreign: string[] } {
	const parser = new SaxesParser({ xmlns: true, position: true });
	const open: Array<XmlElement | null> = [];
	const foreign: string[] = [];
	let root: XmlElement | undefined;
	let elements = 0;
	let depth = 0;

	parser.on('error', (error) => {
		throw error;
	});
	parser.on('xmldecl', ({ encoding }) => {
		if (encoding && encoding.toLowerCase() !== 'utf-8')
			throw new RefusedXml(
				`the message declares the encoding ${encoding.slice(0, 20)}; only UTF-8 is accepted`
			);
	});
	parser.on('doctype', () => {
		throw new RefusedXml('a DOCTYPE is not allowed');
	});
	parser.on('processinginstruction', () => {
		throw new RefusedXml('a processing instruction is not allowed');
	});
	parser.on('opentagstart', () => {
		if (++depth > XML_LIMITS.maxDepth)
			throw new RefusedXml(`elements are nested deeper than ${XML_LIMITS.maxDepth}`);
		if (++elements > XML_LIMITS.maxElements)
			throw new RefusedXml(`more than ${XML_LIMITS.maxElements} elements`);
	});
	let attributes = 0;
	parser.on('attribute', () => {
		if (++attributes > XML_LIMITS.maxAttributesPerElement)
			throw new RefusedXml(`more than ${XML_LIMITS.maxAttributesPerElement} attributes on one element`);
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
					children: [],
					wasRead: false
				}
			: null;
		if (element && depth === 1) root = element;
		// A foreign element, such as a signature, stays out of the tree together with its content.
		else if (element && parent) parent.children.push(element);
		else if (parent) foreign.push(tag.local);
		open.push(depth === 1 || parent ? element : null);
	});
	const addText = (more: string) => {
		const element = open.at(-1);
		if (!element) return;
		const limit =
			element.name === 'GBCSPayload' ? XML_LIMITS.maxPayloadCharacters : XML_LIMITS.maxTextCharacters;
		if (element.text.length + more.length > limit)
			throw new RefusedXml(`the text of ${element.name} is longer than ${limit} characters`);
		element.text += more;
	};
	parser.on('text', addText);
	parser.on('cdata', addText);
	parser.on('closetag', () => {
		depth--;
		open.pop();
	});

	// A DOCTYPE precedes the root element. This check refuses the DOCTYPE before the parser reads its entities.
	if (/<!DOCTYPE/i.test(text.slice(0, text.indexOf('<', text.search(/<[A-Za-z_:]/) + 1) + 1 || undefined)))
		throw new RefusedXml('a DOCTYPE is not allowed');
	parser.write(text).close();
	if (!root) throw new RefusedXml('the root element is not in the DUIS namespace');
	return { root, foreign };
}

/** Returns the first child with this name in the sr namespace; `undefined`: there is no such child. */
export const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
	element?.children.find((c) => c.name === name && c.uri === SR);

/** Returns the text of an element, and notes that it was read; `null`: there is no element. */
export function textOf(element: XmlElement | undefined): string | null {
	if (!element) return null;
	element.wasRead = true;
	return element.text.trim();
}

/** Yields all elements below this element, depth first. */
export function* descendants(element: XmlElement): Generator<XmlElement> {
	for (const c of element.children) {
		yield c;
		yield* descendants(c);
	}
}

/** Returns the names of the innermost elements whose text was not read. */
export const unreadNames = (root: XmlElement): string[] =>
	[...descendants(root)].filter((e) => e.children.length === 0 && !e.wasRead).map((e) => e.name);
