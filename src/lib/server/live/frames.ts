// Joins frames of the feed into fewer, larger frames, and encodes them for Socket.IO without parsing their JSON again.
import { Decoder, Encoder, PacketType, type Packet } from 'socket.io-parser';
import type { SerializedFrame } from './live-channel.ts';

/** Joins frames whose feed numbers follow each other. Workers may publish frames out of order. */
export function coalesce(frames: readonly SerializedFrame[]): SerializedFrame[] {
	const joined: Array<Pick<SerializedFrame, 'from' | 'to'> & { parts: SerializedFrame[] }> = [];
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

/** Event data that is already JSON text. */
export class Encoded {
	readonly json: string;

	constructor(json: string) {
		this.json = json;
	}
}

export const encodeFrame = ({ from, to, items, retracted }: SerializedFrame): Encoded =>
	new Encoded(`{"from":${from},"to":${to},"items":[${items}],"retracted":[${retracted}]}`);

/** Encodes packets in the format of Socket.IO. `Encoded` data is sent unchanged, without a search for buffers. */
class FrameEncoder extends Encoder {
	override encode(packet: Packet) {
		const [event, data, ...more] = packet.type === PacketType.EVENT ? (packet.data as unknown[]) : [];
		if (!(data instanceof Encoded) || more.length > 0 || packet.nsp !== '/' || packet.id !== undefined)
			return super.encode(packet);
		return [`${packet.type}[${JSON.stringify(event)},${data.json}]`];
	}
}

export const parser = { Encoder: FrameEncoder, Decoder };
