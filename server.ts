// The web process: plain node:http in front; the API and the sockets first, then Kit's pages.
import { createServer } from 'node:http';
import { serveApi } from '#lib/server/api/api.ts';
import { loadConfig, tellKitOrigin } from '#lib/server/process/config.ts';
import { attachLive } from '#lib/server/live/live.ts';
import { createLog } from '#lib/server/process/log.ts';
import { within } from '#lib/server/process/timeout.ts';
import { SERVICES, openWebServices } from './src/lib/server/services.ts';
import { onStop } from '#lib/server/process/stop.ts';

const config = loadConfig();
const log = createLog(config.logLevel, 'web');
const services = await openWebServices(config, log);

// Kit's build is a module graph of its own: it takes the services from here and does not open a second set.
(globalThis as Record<symbol, unknown>)[SERVICES] = services;
tellKitOrigin(config);
const kit = (await import(new URL('./build/handler.js', import.meta.url).href)) as {
	handler: Parameters<typeof createServer>[1] & object;
};

const http = createServer((req, res) => {
	if (!serveApi(services, req, res)) void kit.handler(req, res);
});
http.headersTimeout = 20_000;
http.requestTimeout = 60_000;
http.keepAliveTimeout = 65_000;
const live = await attachLive(http, services);

http.on('error', (error: NodeJS.ErrnoException) => {
	log.fatal(
		{ error: error.message },
		error.code === 'EADDRINUSE' ? `port ${config.port} is taken; set PORT to another` : 'cannot listen'
	);
	process.exit(1);
});
http.listen(config.port, config.host, () => {
	log.info({ origin: config.origin }, 'ready');
	process.send?.('ready');
});

onStop(log, async () => {
	http.closeIdleConnections();
	await within(5000, live.close());
	http.closeAllConnections();
	await services[Symbol.asyncDispose]();
});
