// Runs a strict stand-in for a service that exists only in the cloud: it checks every body against the published schema
// of the service.
import { Ajv2020 as Ajv } from 'ajv/dist/2020.js';
import { default as formats } from 'ajv-formats';
import { startReceiver, type Manner } from '../receiver.ts';

interface StandIn {
	/** The JSON schema of a body. */
	schema: object;
	mostBytes: number;
	/** Answers a body that fits the schema. */
	accepts(body: any): { status: number; body: string | object }; // eslint-disable-line @typescript-eslint/no-explicit-any -- a body of any service
}

export async function standIn({ schema, mostBytes, accepts }: StandIn) {
	const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false });
	formats.default(ajv);
	const fits = ajv.compile(schema);
	/** Why the stand-in refused bodies. */
	const faults: string[] = [];
	const receiver = await startReceiver();
	const strict: Manner = (req, res, { text, body }) => {
		const tooLong = Buffer.byteLength(text) > mostBytes;
		if (!/^application\/json(;|$)/.test(req.headers['content-type'] ?? '') || tooLong || !fits(body)) {
			faults.push(tooLong ? `${Buffer.byteLength(text)} bytes` : ajv.errorsText(fits.errors));
			res.writeHead(tooLong ? 413 : 400).end();
			return;
		}
		const answer = accepts(body);
		const isText = typeof answer.body === 'string';
		res
			.writeHead(answer.status, { 'content-type': isText ? 'text/plain' : 'application/json' })
			.end(isText ? answer.body : JSON.stringify(answer.body));
	};
	receiver.behave(strict);
	return { ...receiver, faults, beStrict: () => receiver.behave(strict) };
}
