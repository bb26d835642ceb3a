// Generates load in a separate process. Sends each call of a stage when the call is due, even if earlier calls have no
// answer yet. The latency of a call counts from its due time, also if Causeway or the generator is late.
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicMs } from './clock.ts';
import { duisOf, responsible } from './duis.ts';
import { createTrace, type Trace, type TracePlan } from './trace.ts';

/** Records of one kind that a stage sends. A stage can have two streams at the same time. */
export interface Stream {
	kind: 'alert' | 'service-request';
	/** The number of the first record. The stream sends the records from `from` up to `from + count` of the trace. */
	from: number;
	count: number;
	/** Records per NDJSON call, or 'duis' for one XML message a call. */
	batch: number | 'duis';
	/** Records per second. `null`: as fast as Causeway accepts them, with `inFlight` calls at a time. */
	perSecond: number | null;
	inFlight?: number;
	/** The slug of a Supplier: the stream has only Alerts of its Devices and skips all others. */
	only?: string;
}

export interface LoadOrder {
	/** The web processes, which get the calls in turn. */
	urls: readonly string[];
	key: string;
	plan: TracePlan;
	streams: Stream[];
	/** Milliseconds from the end of the preparation of bodies to the first call. */
	delayMs: number;
}

export interface LoadReport {
	/** The due time of the first call, and the time of the last answer (`monotonicMs`). */
	began: number;
	ended: number;
	/** The due time of the call of each Alert (`monotonicMs`). */
	due: Float64Array;
	/** The number of answers 503 or 429 with `Retry-After`. The generator repeats these calls later. */
	pushedBack: number;
	/** The number of records in calls that Causeway answered with 202. */
	accepted: number;
	/** Status and text of every answer that is neither accepted nor pushed back. */
	failures: string[];
}

interface Call {
	body: Buffer;
	records: number;
	/** The position of the first record in its stream. */
	offset: number;
}

const PATHS = { alert: '/api/v1/alerts', 'service-request': '/api/v1/service-requests' };
const MAX_SOCKETS = 64;

/** Answers an order with two messages: the message ids of the Alerts to send (`string[]`), then a `LoadReport`. */
process.once('message', (order: LoadOrder) => {
	void runLoad(order).then(
		(report) => process.send!(report, () => process.exit(0)),
		(error: Error) => {
			console.error(`load: ${error.message}`);
			process.exit(1);
		}
	);
});

process.once('disconnect', () => process.exit(1));

async function runLoad({ urls, key, plan, streams, delayMs }: LoadOrder): Promise<LoadReport> {
	const trace = createTrace(plan);
	const prepared = streams.map((stream) => ({ stream, ...callsOf(trace, stream) }));
	const alerts = streams.find(({ kind }) => kind === 'alert');
	const due = new Float64Array(alerts?.count ?? 0);
	const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
	const messageIds = prepared.flatMap((stream) => stream.messageIds);
	const report: LoadReport = {
		began: 0,
		ended: 0,
		due,
		pushedBack: 0,
		accepted: 0,
		failures: []
	};
	process.send!(messageIds);
	let calls = 0;
	report.began = monotonicMs() + delayMs;

	async function send({ kind, batch }: Stream, { body, records, offset }: Call, dueAt: number) {
		if (kind === 'alert') due.fill(dueAt, offset, offset + records);
		const [path, type] =
			batch === 'duis' ? ['/api/v1/duis', 'application/xml'] : [PATHS[kind], 'application/x-ndjson'];
		for (;;) {
			const { status, retryAfter, text } = await post(
				agent,
				`${urls[calls++ % urls.length]}${path}`,
				key,
				type,
				body
			);
			if (status === 202) {
				report.accepted += records;
				break;
			}
			if ((status !== 503 && status !== 429) || retryAfter === null) {
				report.failures.push(`${status} ${text.slice(0, 200)}`);
				break;
			}
			report.pushedBack++;
			await pause(retryAfter * 1000);
		}
		report.ended = monotonicMs();
	}

	async function openLoop(stream: Stream, calls: readonly Call[]): Promise<void> {
		const sent: Array<Promise<void>> = [];
		for (const call of calls) {
			const dueAt = report.began + (call.offset / stream.perSecond!) * 1000;
			const early = dueAt - monotonicMs();
			if (early > 0.5) await pause(early);
			sent.push(send(stream, call, dueAt));
		}
		await Promise.all(sent);
	}

	async function closedLoop(stream: Stream, calls: readonly Call[]): Promise<void> {
		await pause(Math.max(0, report.began - monotonicMs()));
		const rest = calls.values();
		const lane = async (): Promise<void> => {
			for (const call of rest) await send(stream, call, monotonicMs());
		};
		await Promise.all(Array.from({ length: stream.inFlight ?? 4 }, lane));
	}

	await Promise.all(
		prepared.map(({ stream, calls }) =>
			stream.perSecond === null ? closedLoop(stream, calls) : openLoop(stream, calls)
		)
	);
	agent.destroy();
	return report;
}

/** Makes all bodies before the first call is due, so that making bodies takes no CPU during the measurement. */
function callsOf(trace: Trace, stream: Stream): { calls: Call[]; messageIds: string[] } {
	const calls: Call[] = [];
	const messageIds: string[] = [];
	const size = stream.batch === 'duis' ? 1 : stream.batch;
	let texts: string[] = [];
	let made = 0;
	for (let i = stream.from; made < stream.count; i++) {
		const record = recordAt(trace, stream, i);
		if (!record) continue;
		texts.push(record.text);
		if (record.messageId !== null) messageIds.push(record.messageId);
		made++;
		if (texts.length < size && made < stream.count) continue;
		calls.push({
			body: Buffer.from(texts.join('\n')),
			records: texts.length,
			offset: made - texts.length
		});
		texts = [];
	}
	return { calls, messageIds };
}

/** Returns record `i` of the trace. `null`: the record does not belong to the stream. */
function recordAt(
	trace: Trace,
	{ kind, batch, only }: Stream,
	i: number
): { text: string; messageId: string | null } | null {
	if (kind === 'service-request') return { text: trace.requestJsonAt(i), messageId: null };
	if (batch === 'duis') {
		const message = duisOf(trace, i);
		return message && { text: message.xml, messageId: message.messageId };
	}
	const alert = trace.alertAt(i);
	if (only && responsible(trace, alert.deviceId).slug !== only) return null;
	return { text: JSON.stringify(alert), messageId: alert.messageId! };
}

function post(
	agent: Agent,
	url: string,
	key: string,
	type: string,
	body: Buffer
): Promise<{ status: number; retryAfter: number | null; text: string }> {
	return new Promise((done, fail) => {
		const sent = request(
			url,
			{
				agent,
				method: 'POST',
				headers: { authorization: `Bearer ${key}`, 'content-type': type, 'content-length': body.length }
			},
			(res) => {
				let text = '';
				res.setEncoding('utf8');
				res.on('data', (chunk: string) => (text += chunk));
				res.on('end', () => {
					const later = res.headers['retry-after'];
					done({ status: res.statusCode!, retryAfter: later === undefined ? null : Number(later), text });
				});
			}
		);
		sent.on('error', fail);
		sent.end(body);
	});
}
