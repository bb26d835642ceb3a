// The crowd, a process of its own: consoles that take what they are sent and look at none of it. They are bare sockets
// that say what WebSocket and Socket.IO ask for, so that hundreds of them cost the machine little beside the product.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface CrowdOrder {
	url: string;
	/** Keys that read, one for each Supplier. */
	keys: string[];
	/** Connections of each. */
	each: number;
}

/** Packets of Engine.IO and Socket.IO 4. */
const [PONG, CONNECT] = ['3', '40'];
/** The server asks every 25 s whether a client is there; saying so unasked is as good. */
const ALIVE_MS = 15_000;

process.once('message', (order: CrowdOrder) => {
	void gather(order).then(
		() => process.send!('ready'),
		(error: Error) => {
			console.error(`crowd: ${error.message}`);
			process.exit(1);
		}
	);
});
process.once('disconnect', () => process.exit(0));

async function gather({ url, keys, each }: CrowdOrder): Promise<void> {
	const sockets: Socket[] = [];
	for (const key of keys) for (let n = 0; n < each; n++) sockets.push(await enter(new URL(url), key));
	// One that the server lets go of would make the measurement easier than it says.
	for (const socket of sockets)
		socket.on('close', () => {
			console.error('crowd: a console was closed');
			process.exit(1);
		});
	setInterval(() => sockets.forEach((socket) => socket.write(frame(PONG))), ALIVE_MS);
}

function enter({ hostname, port, host }: URL, key: string): Promise<Socket> {
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
		let said = '';
		let introduced = false;
		const hear = (data: Buffer): void => {
			said += data.toString('latin1');
			if (!introduced && said.includes('"sid"')) {
				introduced = true;
				said = '';
				socket.write(frame(`${CONNECT}${JSON.stringify({ key })}`));
			} else if (introduced && said.includes(`${CONNECT}{"sid"`)) {
				socket.off('data', hear).on('data', () => {});
				done(socket);
			}
		};
		socket.on('data', hear);
		socket.on('error', fail);
		socket.on('close', () => fail(new Error(`a console was closed: ${said.slice(0, 200)}`)));
	});
}

/** A text frame of a client: masked, with a mask that changes nothing. */
function frame(text: string): Buffer {
	const body = Buffer.from(text);
	if (body.length > 125) throw new Error('a key is longer than a short frame takes');
	return Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body]);
}
