// A console that takes what it is sent and looks at none of it: a bare WebSocket that says what Socket.IO asks for. A
// thousand of these cost the generator little, and the product as much as real ones.

/** Packets of Engine.IO and Socket.IO 4, as text. */
const [PING, PONG, CONNECT] = ['2', '3', '40'];

/** Resolves when the server has let it in; the connection ends with the process. */
export function openSilentConsole(url: string, key: string): Promise<void> {
	const address = new URL('/socket.io/?EIO=4&transport=websocket', url);
	address.protocol = 'ws:';
	const socket = new WebSocket(address);
	return new Promise((done, fail) => {
		socket.addEventListener('message', ({ data }) => {
			const packet = String(data);
			if (packet === PING) socket.send(PONG);
			else if (packet.startsWith('0')) socket.send(`${CONNECT}${JSON.stringify({ key })}`);
			else if (packet.startsWith(CONNECT)) done();
			else if (packet.startsWith('44')) fail(new Error(`a console was refused: ${packet.slice(2)}`));
		});
		socket.addEventListener('error', () => fail(new Error('a console could not connect')));
		socket.addEventListener('close', () => fail(new Error('a console was closed')));
	});
}
