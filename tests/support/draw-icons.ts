// Draws the icons of the installable console from static/icon.svg with Chromium: `node tests/support/draw-icons.ts`.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openBrowser } from './browser.ts';

const STATIC = resolve(import.meta.dirname, '../../static');
/** A maskable icon may lose everything outside a circle of 80 % of its width, and the drawing keeps inside it. */
const ICONS = [
	{ file: 'icon-192.png', size: 192, isRounded: true },
	{ file: 'icon-512.png', size: 512, isRounded: true },
	{ file: 'icon-maskable-512.png', size: 512, isRounded: false }
];

const svg = readFileSync(join(STATIC, 'icon.svg'), 'utf8');
const browser = await openBrowser();
for (const { file, size, isRounded } of ICONS) {
	const page = await browser.newPage({ viewport: { width: size, height: size } });
	const radius = isRounded ? '22%' : '0';
	await page.setContent(
		`<style>body{margin:0;background:transparent}svg{display:block;width:100vw;height:100vh;border-radius:${radius}}</style>${svg}`
	);
	await page.screenshot({ path: join(STATIC, file), omitBackground: true });
	await page.close();
}
await browser.close();
