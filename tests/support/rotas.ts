// Makes rotas for tests: the people have short names, and a list that is left out is empty.
import { onCallAt, shiftsOf } from '#lib/domain/on-call/rota-shifts.ts';
import type { Layer, Rota } from '#lib/domain/on-call/rota.ts';

export const ada = 'ada@brightwell.example';
export const ben = 'ben@brightwell.example';
export const cleo = 'cleo@brightwell.example';
export const dev = 'dev@brightwell.example';

export const aLayer = (layer: Partial<Layer> = {}): Layer => ({
	people: [ada, ben],
	start: '2026-01-05T09:00',
	handoff: 'P1W',
	...layer
});

export const aRota = (rota: Partial<Rota> = {}): Rota => ({
	timeZone: 'Europe/London',
	layers: [aLayer()],
	overrides: [],
	swaps: [],
	absences: [],
	...rota
});

/** Returns an instant in the form of the API. */
export const at = (text: string): string => new Date(text).toISOString();

/** Returns the shifts as short lines, such as `ada 2026-01-05T09:00Z`. */
export const linesOf = (rota: Rota, from: string, to: string): string[] =>
	shiftsOf(rota, at(from), at(to)).map(
		({ person, from: begin }) => `${person.split('@')[0]} ${begin.slice(0, 16)}Z`
	);

export const personAt = (rota: Rota, when: string): string | null => onCallAt(rota, at(when)).person;
