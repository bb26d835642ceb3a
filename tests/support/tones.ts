// Listens to the sound of a page: notes the tones that the page plays. The page plays them as always.
import type { Page } from 'playwright-core';

interface Listening {
	/** The tones (Hz), the oldest first. */
	tones: number[];
	/** When the last tone began (ms, `performance.now()`). */
	tonedAt: number;
}

/** Notes the tones of the page from its next navigation on. */
export const listenTo = (page: Page): Promise<unknown> =>
	page.addInitScript(() => {
		const tones: number[] = [];
		Object.assign(window, { tones });
		const start = OscillatorNode.prototype.start;
		OscillatorNode.prototype.start = function (...args) {
			tones.push(this.frequency.value);
			Object.assign(window, { tonedAt: performance.now() });
			return start.apply(this, args);
		};
	});

export const tonesOf = (page: Page): Promise<number[]> =>
	page.evaluate(() => (window as unknown as Listening).tones);

export const forgetTones = (page: Page): Promise<void> =>
	page.evaluate(() => void (window as unknown as Listening).tones.splice(0));

/** Waits until the console may ring again, three seconds after the last sound. Forgets the tones before. */
export async function mayRing(page: Page): Promise<void> {
	await page.waitForFunction(() => performance.now() - (window as unknown as Listening).tonedAt > 3500);
	await forgetTones(page);
}
