// Defines a story: a situation that a control room knows, played on new homes. Times are relative to the start of the story.
import type { Chronicle } from './events.ts';
import type { Home } from './world.ts';

export interface Story {
	name: string;
	/** The demo prints the title when the story starts. */
	title: string;
	/** The number of new homes that the story needs. */
	homes: number;
	/** Seconds from the start to the last event. */
	lasts: number;
	play(c: Chronicle, now: number, homes: readonly Home[]): void;
}

/** Returns the home with two Suppliers: electricity from Brightwell, gas from Halden. */
export const split = (home: Home): Home => ({
	...home,
	gasSupplier: 'halden',
	gsme: home.esme.replace(/1$/, '2'),
	gpf: home.esme.replace(/1$/, '4')
});
export const iso = (at: number): string => new Date(at).toISOString();
