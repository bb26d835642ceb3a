// Starts the web process: an HTTP server that serves the API, the live sockets and the pages of the console.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveApi } from '#lib/server/api/api.ts';
import { attachLive } from '#lib/server/live/live.ts';
import { createClientAddress } from '#lib/server/process/client-address.ts';
import { passToSvelteKit } from '#lib/server/process/config.ts';
import { describeListenError } from '#lib/server/process/listen.ts';
import { createLog } from '#lib/server/process/log.ts';
import { announceMetrics } from '#lib/server/process/metrics-targets.ts';
import { onStop } from '#lib/server/process/stop.ts';
import { within } from '#lib/server/process/timeout.ts';
import { readyConfig, refuseStart } from '#lib/server/start-checks.ts';
import { SERVICES, openWebServices } from './src/lib/server/services.ts';

const config = await readyConfig({ listens: true });
const log = createLog(config.logLevel, 'web');
const services = await openWebServices(config, log).catch(refuseStart);

// The build of SvelteKit contains its own copies of the modules, so it does not share their variables with this file.
// The build finds the services in this global variable, and so does not open a second set of services.
(globalThis as Record<symbol, unknown>)[SERVICES] = services;
passToSvelteKit(config);
const kit = (await import(new URL('./build/handler.js', import.meta.url).href)) as {
	handler: Parameters<typeof createServer>[1] & object;
};

const setClientAddress = createClientAddress(config.trustedProxies, log);
const http = createServer((req, res) => {
	setClientAddress(req);
	if (!serveApi(services, req, res)) void kit.handler(req, res);
});
http.headersTimeout = 20_000;
http.requestTimeout = 60_000;
http.keepAliveTimeout = 65_000;
const live = await attachLive(http, services);

http.on('error', (error) => refuseStart(new Error(describeListenError(error, config.host, config.port))));
let removeTarget = (): void => {};
http.listen(config.port, config.host, () => {
	removeTarget = announceMetrics('web', (http.address() as AddressInfo).port, config, log);
	log.info({ origin: config.origin }, 'ready');
	process.send?.('ready');
});

onStop(log, async () => {
	removeTarget();
	http.closeIdleConnections();
	await within(5000, live.close());
	http.closeAllConnections();
	await services[Symbol.asyncDispose]();
});
