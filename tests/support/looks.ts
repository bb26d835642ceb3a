// Looks at an open page as people see it: wide and narrow, in light and dark colours, with axe.
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from 'vitest';
import type { Page } from 'playwright-core';

interface Look {
	/** The name of the screenshots. The environment variable `SHOTS` names their folder; without it there are none. */
	name: string;
}

/** Expects that axe finds no fault, and that nothing scrolls sideways on a phone. */
export async function expectClean(page: Page, { name }: Look): Promise<void> {
	for (const width of [1366, 390])
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize({ width, height: 768 });
			const { violations } = await new AxeBuilder({ page }).analyze();
			expect(violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(' ')}`))).toEqual(
				[]
			);
			if (process.env['SHOTS'])
				await page.screenshot({ path: `${process.env['SHOTS']}/${name}-${width}-${colorScheme}.png` });
			expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
		}
	await page.setViewportSize({ width: 1366, height: 768 });
}
