// Prints every change of an Alert as a line of JSON, without a gap.
import { io } from 'socket.io-client';

const { CAUSEWAY_URL = 'http://127.0.0.1:3000', KEY } = process.env;
let head = -1; // the last feed number that was printed
let work = Promise.resolve();
const inTurn = (job) => (work = work.then(job).catch((error) => console.error(error.message)));

async function get(path) {
	const headers = { authorization: `Bearer ${KEY}` };
	const answer = await fetch(`${CAUSEWAY_URL}/api/v1${path}`, { headers });
	if (!answer.ok && answer.status !== 410)
		throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
	return answer.ok ? answer.json() : null;
}
function print({ items, retracted = [] }) {
	for (const { id, version, code, explanation } of items)
		console.log(JSON.stringify({ id, version, code, explanation }));
	for (const { id } of retracted) console.log(JSON.stringify({ id, retracted: true }));
}
async function load() {
	const page = await get('/alerts?limit=500'); // follow nextCursor for more
	print(page);
	head = page.head;
}
async function catchUp(to) {
	if (head < 0) await load();
	while (head < to) {
		const page = await get(`/feed?after=${head}&limit=500`);
		if (!page) return load(); // the feed no longer reaches back so far
		print(page);
		head = Math.max(head, ...[...page.items, ...(page.retracted ?? [])].map(({ seq }) => seq));
	}
}
const socket = io(CAUSEWAY_URL, { transports: ['websocket'], auth: { key: KEY } });
socket.on('connect', () => inTurn(() => catchUp(0)));
socket.on('connect_error', (error) => console.error(error.message));
socket.on('feed:head', (event) => inTurn(() => catchUp(event.head)));
socket.on('alert:changed', (frame) =>
	inTurn(async () => {
		if (head < 0 || frame.from > head + 1) return catchUp(frame.to);
		if (frame.to > head) print(frame);
		head = Math.max(head, frame.to);
	})
);
