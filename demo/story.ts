// A named story: a situation that a control room knows, played on fresh homes, relative to the moment it starts.
import type { Chronicle } from './events.ts';
import type { Home } from './world.ts';

export interface Story {
	name: string;
	title: string;
	/** How many fresh homes it takes. */
	homes: number;
	/** Seconds from its start to its last event. */
	lasts: number;
	play(c: Chronicle, now: number, homes: readonly Home[]): void;
}

/** A home with two Suppliers, electricity from Brightwell. */
export const split = (home: Home): Home => ({
	...home,
	gasSupplier: 'halden',
	gsme: home.esme.replace(/1$/, '2'),
	gpf: home.esme.replace(/1$/, '4')
});
export const iso = (at: number): string => new Date(at).toISOString();
