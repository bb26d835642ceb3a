// Checks whether the web process may listen on its address, and says what to do if it may not.
import { createServer } from 'node:net';

/** Says why a server cannot listen, in one line with the setting, the cause and the remedy. */
export function describeListenError(error: NodeJS.ErrnoException, host: string, port: number): string {
	switch (error.code) {
		case 'EADDRINUSE':
			return `PORT: port ${port} on ${host} is in use. Set PORT to a free port`;
		case 'EACCES':
			return `PORT: this user may not listen on port ${port}. Set PORT to a number from 1024, and let a proxy serve port ${port}`;
		case 'EADDRNOTAVAIL':
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
			return `HOST: ${host} is no address of this machine. Set HOST to 127.0.0.1, or to 0.0.0.0 for all addresses`;
		default:
			return `HOST: the server cannot listen on ${host}, port ${port} (${error.code}). Correct HOST and PORT`;
	}
}

/** Listens for a moment. Returns the line that says why this is not possible, or `undefined`. */
export const listenProblem = (host: string, port: number): Promise<string | undefined> =>
	new Promise((done) => {
		const probe = createServer().on('error', (error) => done(describeListenError(error, host, port)));
		probe.listen(port, host, () => probe.close(() => done(undefined)));
	});
