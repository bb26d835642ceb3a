// Holds many connected clients that receive all messages and parse none, in a separate process. The clients are
// bare sockets that send only what WebSocket and Socket.IO require, so that hundreds of them take little CPU from
// Causeway.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface IdleClientsOrder {
	url: string;
	/** API keys with the scope `read`, one for each Supplier. */
	keys: string[];
	/** The number of connections of each Supplier. */
	perSupplier: number;
}

/** Packets of Engine.IO and Socket.IO, protocol 4. */
const [PONG, CONNECT] = ['3', '40'];
/** The server pings every 25 s. A pong without a ping is accepted as well, so the clients need not read. */
const PONG_INTERVAL_MS = 15_000;

process.once('message', (order: IdleClientsOrder) => {
	void connectAll(order).then(
		() => process.send!('ready'),
		(error: Error) => {
			console.error(`idle clients: ${error.message}`);
			process.exit(1);
		}
	);
});
process.once('disconnect', () => process.exit(0));

async function connectAll({ url, keys, perSupplier }: IdleClientsOrder): Promise<void> {
	const sockets: Socket[] = [];
	for (const key of keys)
		for (let n = 0; n < perSupplier; n++) sockets.push(await connectOne(new URL(url), key));
	// A closed connection ends this process, because fewer clients than reported would make the load too small.
	for (const socket of sockets)
		socket.on('close', () => {
			console.error('idle clients: the server closed a connection');
			process.exit(1);
		});
	setInterval(() => sockets.forEach((socket) => socket.write(frame(PONG))), PONG_INTERVAL_MS);
}

function connectOne({ hostname, port, host }: URL, key: string): Promise<Socket> {
	const socket = connect(Number(port), hostname);
	socket.setNoDelay(true);
	socket.write(
		[
			'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
			`Host: ${host}`,
			'Upgrade: websocket',
			'Connection: Upgrade',
			`Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
			'Sec-WebSocket-Version: 13',
			'\r\n'
		].join('\r\n')
	);
	return new Promise((done, fail) => {
		let received = '';
		let hasSession = false;
		const onData = (data: Buffer): void => {
			received += data.toString('latin1');
			if (!hasSession && received.includes('"sid"')) {
				hasSession = true;
				received = '';
				socket.write(frame(`${CONNECT}${JSON.stringify({ key })}`));
			} else if (hasSession && received.includes(`${CONNECT}{"sid"`)) {
				socket.off('data', onData).on('data', () => {});
				done(socket);
			}
		};
		socket.on('data', onData);
		socket.on('error', fail);
		socket.on('close', () => fail(new Error(`the server closed a connection: ${received.slice(0, 200)}`)));
	});
}

/** Builds a WebSocket text frame of a client. The mask is zero, so that the text stays unchanged. */
function frame(text: string): Buffer {
	const body = Buffer.from(text);
	if (body.length > 125) throw new Error('the API key is too long for a short WebSocket frame (125 bytes)');
	return Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body]);
}
