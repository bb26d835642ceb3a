// Holds a rota as the form edits it. Empty fields of the form are fields that the stored rota does not have.
import type { RotaIn, Weekday } from '#lib/domain/on-call/rota.ts';
import type { RotaView } from '#lib/domain/on-call/rota-view.ts';
import { formatTag } from '#lib/ui/language.ts';
import * as messages from '#messages/rotas.ts';
import { localField } from '#lib/ui/rota-words.ts';

export interface HoursDraft {
	/** Tells apart the rows of the form. */
	key: number;
	days: Weekday[];
	from: string;
	to: string;
}

export interface LayerDraft {
	key: number;
	people: string[];
	/** A local time in the time zone of the layer. */
	start: string;
	handoff: string;
	/** Empty: the time zone of the rota. */
	timeZone: string;
	restrictions: HoursDraft[];
}

export interface RotaDraft {
	timeZone: string;
	layers: LayerDraft[];
}

export const DAYS: readonly Weekday[] = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
/** A Monday, for the names of the days. */
const MONDAY = Date.UTC(2026, 0, 5);

/** Names a day of the week shortly: `Mon`. */
export const dayName = (day: Weekday): string =>
	new Date(MONDAY + DAYS.indexOf(day) * 86_400_000).toLocaleDateString(formatTag(), {
		weekday: 'short',
		timeZone: 'UTC'
	});

export const HANDOFFS = [
	{ value: 'P1W', label: messages.handoff_week },
	{ value: 'P2W', label: messages.handoff_two_weeks },
	{ value: 'P1D', label: messages.handoff_day },
	{ value: 'PT12H', label: messages.handoff_12_hours },
	{ value: 'PT8H', label: messages.handoff_8_hours }
] as const;

let keys = 0;
const newKey = (): number => ++keys;

export const newHours = (): HoursDraft => ({
	key: newKey(),
	days: [...DAYS],
	from: '09:00',
	to: '17:00'
});

/** A layer with weekly turns from the last Monday at 09:00 on. */
export function newLayer(): LayerDraft {
	const monday = new Date();
	monday.setDate(monday.getDate() - ((monday.getDay() + 6) % 7));
	const start = `${localField(monday.toISOString(), 'UTC').slice(0, 10)}T09:00`;
	return { key: newKey(), people: [], start, handoff: 'P1W', timeZone: '', restrictions: [] };
}

export function draftOf(rota: RotaView | null): RotaDraft {
	if (!rota) return { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, layers: [newLayer()] };
	return {
		timeZone: rota.timeZone,
		layers: rota.layers.map((layer) => ({
			key: newKey(),
			people: [...layer.people],
			start: startField(layer.start, layer.timeZone ?? rota.timeZone),
			handoff: layer.handoff,
			timeZone: layer.timeZone ?? '',
			restrictions: (layer.restrictions ?? []).map(({ days, from, to }) => ({
				key: newKey(),
				days: days ?? [...DAYS],
				from,
				to: to === '24:00' ? '00:00' : to
			}))
		}))
	};
}

/** Returns a beginning for a field of the form. An instant becomes the local time in the zone. */
function startField(start: string, zone: string): string {
	if (/Z$/.test(start)) return localField(start, zone);
	return start.length === 10 ? `${start}T00:00` : start.slice(0, 16);
}

/** Returns the rota of a draft. The stored overrides, swaps and absences stay as they are. */
export const rotaOf = ({ timeZone, layers }: RotaDraft): RotaIn => ({
	timeZone: timeZone.trim(),
	layers: layers.map((layer) => ({
		people: layer.people,
		start: layer.start,
		handoff: layer.handoff,
		...(layer.timeZone.trim() ? { timeZone: layer.timeZone.trim() } : {}),
		...(layer.restrictions.length > 0
			? { restrictions: layer.restrictions.map(({ days, from, to }) => ({ days, from, to })) }
			: {})
	}))
});
