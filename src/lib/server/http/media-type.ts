// Reads the media type of a body. Refuses a type that the route does not accept, and says which type to send.
import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import { Problem } from './problem.ts';

/** Returns the media type of the body in lower case, without parameters. Throws a 415 problem for any other type. */
export function acceptedType(req: IncomingMessage, accepted: readonly string[]): string {
	const header = req.headers['content-type'];
	const list = accepted.join(', ');
	if (header === undefined)
		throw new Problem(415, `Content-Type is missing; add ${asOption(accepted)}, or another of ${list}`);
	const type = parsed(header);
	if (!type) throw new Problem(415, `Content-Type is not a media type; send one of ${list}`);
	if (!accepted.includes(type.essence)) throw new Problem(415, refusal(type.essence, accepted, list));
	const charset = type.params.get('charset');
	if (charset && !/^(utf-?8|us-ascii)$/i.test(charset))
		throw new Problem(415, 'This charset is not accepted; encode the body as UTF-8 and send charset=utf-8');
	return type.essence;
}

function parsed(header: string): MIMEType | null {
	try {
		return new MIMEType(header);
	} catch {
		return null;
	}
}

function refusal(type: string, accepted: readonly string[], list: string): string {
	if (type === 'application/x-www-form-urlencoded')
		return `curl sends application/x-www-form-urlencoded unless told otherwise; add ${asOption(accepted)}`;
	if (/\bxml$/.test(type))
		return `XML is not accepted here: send DUIS messages to POST /api/v1/duis, and records as ${list}`;
	return `This Content-Type is not accepted here; send one of ${list}`;
}

const asOption = ([first]: readonly string[]): string => `-H 'content-type: ${first}'`;
