// Serves the metrics of a worker over HTTP, because a worker has no other HTTP server.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { refuseMetrics } from './metrics-access.ts';
import { announceMetrics, METRICS_PATH } from './metrics-targets.ts';

const PATHS = new Set([METRICS_PATH, '/metrics']);

/**
 * Listens on HOST and METRICS_PORT. `read` returns the metrics as text. A port that is taken is logged, and the worker
 * works on without metrics, because Alerts matter more.
 */
export async function serveMetrics(
	config: Pick<Config, 'home' | 'host' | 'metricsPort' | 'metricsToken'>,
	log: Log,
	read: () => Promise<{ text: string; type: string }>
): Promise<{ close(): void }> {
	const server = createServer((req, res) => {
		const answer = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
			res.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
		if (req.method !== 'GET' || !PATHS.has((req.url ?? '').split('?')[0]!))
			return void answer(404, `This process serves only GET ${METRICS_PATH}\n`);
		const refusal = refuseMetrics(req, { metricsToken: config.metricsToken });
		if (refusal) return void answer(refusal.status, `${refusal.reason}\n`);
		read().then(
			({ text, type }) => answer(200, text, type),
			(error: Error) => {
				log.warn({ error: error.message }, 'the metrics could not be read');
				answer(500, 'The metrics could not be read; the log of the worker has the details\n');
			}
		);
	});
	server.headersTimeout = 10_000;
	server.requestTimeout = 10_000;
	try {
		server.listen(config.metricsPort, config.host);
		await once(server, 'listening');
	} catch (error) {
		log.warn(
			{ error: (error as Error).message },
			`the worker serves no metrics: METRICS_PORT ${config.metricsPort} cannot be used; set it to a free port, or to 0`
		);
		return { close() {} };
	}
	const remove = announceMetrics('worker', (server.address() as AddressInfo).port, config, log);
	return {
		close() {
			remove();
			server.close();
			server.closeAllConnections();
		}
	};
}
