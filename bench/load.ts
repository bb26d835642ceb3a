// The load generator, a process of its own: it sends the calls of one stage when each is due, whatever became of those
// before. A call that is late because the product or the generator lags is counted from when it was due.
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { instant } from './clock.ts';
import { duisOf, responsible } from './duis.ts';
import { createTrace, type Trace, type TracePlan } from './trace.ts';

/** What flows in beside the other streams of a stage. */
export interface Stream {
	kind: 'alert' | 'service-request';
	/** Records `from` up to `from + count` of the trace. */
	from: number;
	count: number;
	/** Records a call: NDJSON, or 'duis' for one message of XML. */
	batch: number | 'duis';
	/** Records a second, or `null`: as fast as they are taken, `inFlight` calls at a time. */
	perSecond: number | null;
	inFlight?: number;
	/** Only Alerts of this Supplier's Devices count; the others are passed by. */
	only?: string;
}

export interface LoadOrder {
	url: string;
	key: string;
	plan: TracePlan;
	streams: Stream[];
	/** Milliseconds to the first call. */
	delay: number;
}

export interface LoadReport {
	/** When the first call was due and the last answer came (`instant`). */
	began: number;
	ended: number;
	/** When the call with each Alert was due. */
	due: Float64Array;
	/** How many calls were asked to come back later. */
	pushedBack: number;
	/** Records that were answered as kept. */
	accepted: number;
	/** Calls that were answered by neither 202 nor "later", and what was said. */
	failures: string[];
}

interface Call {
	body: Buffer;
	records: number;
	/** Of the first record within its stream. */
	offset: number;
}

const PATHS = { alert: '/api/v1/alerts', 'service-request': '/api/v1/service-requests' };
const MOST_SOCKETS = 64;

/** Says first which Alerts it is going to send (`string[]`, their message ids), then reports. */
process.once('message', (order: LoadOrder) => {
	void drive(order).then(
		(report) => process.send!(report, () => process.exit(0)),
		(error: Error) => {
			console.error(`load: ${error.message}`);
			process.exit(1);
		}
	);
});

process.once('disconnect', () => process.exit(1));

async function drive({ url, key, plan, streams, delay }: LoadOrder): Promise<LoadReport> {
	const trace = createTrace(plan);
	const prepared = streams.map((stream) => ({ stream, ...callsOf(trace, stream) }));
	const alerts = streams.find(({ kind }) => kind === 'alert');
	const due = new Float64Array(alerts?.count ?? 0);
	const agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS });
	const messageIds = prepared.flatMap((one) => one.messageIds);
	const report: LoadReport = {
		began: 0,
		ended: 0,
		due,
		pushedBack: 0,
		accepted: 0,
		failures: []
	};
	process.send!(messageIds);
	report.began = instant() + delay;

	async function send({ kind, batch }: Stream, { body, records, offset }: Call, dueAt: number) {
		if (kind === 'alert') due.fill(dueAt, offset, offset + records);
		const [path, type] =
			batch === 'duis' ? ['/api/v1/duis', 'application/xml'] : [PATHS[kind], 'application/x-ndjson'];
		for (;;) {
			const { status, retryAfter, text } = await post(agent, `${url}${path}`, key, type, body);
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
		report.ended = instant();
	}

	async function openLoop(stream: Stream, calls: readonly Call[]): Promise<void> {
		const sent: Array<Promise<void>> = [];
		for (const call of calls) {
			const dueAt = report.began + (call.offset / stream.perSecond!) * 1000;
			const early = dueAt - instant();
			if (early > 0.5) await pause(early);
			sent.push(send(stream, call, dueAt));
		}
		await Promise.all(sent);
	}

	async function asTaken(stream: Stream, calls: readonly Call[]): Promise<void> {
		await pause(Math.max(0, report.began - instant()));
		const rest = calls.values();
		const lane = async (): Promise<void> => {
			for (const call of rest) await send(stream, call, instant());
		};
		await Promise.all(Array.from({ length: stream.inFlight ?? 4 }, lane));
	}

	await Promise.all(
		prepared.map(({ stream, calls }) =>
			stream.perSecond === null ? asTaken(stream, calls) : openLoop(stream, calls)
		)
	);
	agent.destroy();
	return report;
}

/** The bodies, made before the first is due, so that making them costs the measurement nothing. */
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

/** `null`: record `i` is none that the stream is made of. */
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
