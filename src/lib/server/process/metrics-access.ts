// Decides who may read the metrics: with METRICS_TOKEN, every caller with the token; without it, callers on this machine.
import { timingSafeEqual, hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Headers that a proxy adds. A proxy on this machine makes every caller look like a caller on this machine. */
const PROXY_HEADERS = [
	'forwarded',
	'x-forwarded-for',
	'x-forwarded-host',
	'x-forwarded-proto',
	'x-real-ip',
	'via'
];
const LOOPBACK_ADDRESS = /^(127\.|::1$|::ffff:127\.)/;
const LOOPBACK_NAME = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export type MetricsRefusal = { status: 401 | 403; reason: string };

/** The settings that decide. `origin`: the address of the console; absent: the process has no console. */
export interface MetricsAccess {
	metricsToken?: string | undefined;
	origin?: string;
}

/** Returns why the caller may not read the metrics; `null`: the caller may. */
export function refuseMetrics(
	req: IncomingMessage,
	{ metricsToken, origin }: MetricsAccess
): MetricsRefusal | null {
	if (metricsToken !== undefined) {
		const given = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
		return given !== undefined && isSame(given, metricsToken)
			? null
			: { status: 401, reason: 'Send the value of METRICS_TOKEN as Authorization: Bearer TOKEN' };
	}
	const isLocal =
		LOOPBACK_ADDRESS.test(req.socket.remoteAddress ?? '') &&
		LOOPBACK_NAME.test(nameOf(`http://${req.headers.host ?? ''}`)) &&
		!PROXY_HEADERS.some((header) => req.headers[header] !== undefined);
	// An origin with another name means that a proxy stands before the process, whatever headers the proxy sends.
	return isLocal && (origin === undefined || LOOPBACK_NAME.test(nameOf(origin)))
		? null
		: {
				status: 403,
				reason:
					'Without METRICS_TOKEN, only callers on the machine of this process read its metrics, and not through a proxy. Set METRICS_TOKEN, and send it as Authorization: Bearer TOKEN'
			};
}

const nameOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '');

/** Compares digests, so that the time of the comparison tells nothing about the token. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
