// Frames of the feed on their way to a room: few large ones instead of many small ones, and as JSON as they come.
import { Decoder, Encoder, PacketType, type Packet } from 'socket.io-parser';
import type { Passage } from './live-channel.ts';

/** Joins frames whose numbers follow each other; workers may publish out of order. */
export function coalesce(frames: readonly Passage[]): Passage[] {
	const joined: Array<Pick<Passage, 'from' | 'to'> & { parts: Passage[] }> = [];
	for (const frame of frames.toSorted((a, b) => a.from - b.from)) {
		const last = joined.at(-1);
		if (last && last.to + 1 === frame.from) {
			last.to = frame.to;
			last.parts.push(frame);
		} else joined.push({ from: frame.from, to: frame.to, parts: [frame] });
	}
	return joined.map(({ from, to, parts }) => ({
		from,
		to,
		items: joinLists(parts.map((part) => part.items)),
		retracted: joinLists(parts.map((part) => part.retracted))
	}));
}

const joinLists = (lists: readonly string[]): string => lists.filter((list) => list !== '').join(',');

/** An event's data that is JSON already. */
export class Encoded {
	readonly json: string;

	constructor(json: string) {
		this.json = json;
	}
}

export const encodeFrame = ({ from, to, items, retracted }: Passage): Encoded =>
	new Encoded(`{"from":${from},"to":${to},"items":[${items}],"retracted":[${retracted}]}`);

/** Packets as Socket.IO spells them. `Encoded` data are sent as they are, and not searched for buffers. */
class FrameEncoder extends Encoder {
	override encode(packet: Packet) {
		const [event, data, ...more] = packet.type === PacketType.EVENT ? (packet.data as unknown[]) : [];
		if (!(data instanceof Encoded) || more.length > 0 || packet.nsp !== '/' || packet.id !== undefined)
			return super.encode(packet);
		return [`${packet.type}[${JSON.stringify(event)},${data.json}]`];
	}
}

export const parser = { Encoder: FrameEncoder, Decoder };
