// Names a browser and its system by its User-Agent, for a person to tell apart the devices that get pushes.

const BROWSERS: ReadonlyArray<readonly [pattern: RegExp, name: string]> = [
	[/Edg(e|A|iOS)?\//, 'Edge'],
	[/OPR\/|Opera/, 'Opera'],
	[/SamsungBrowser\//, 'Samsung Internet'],
	[/Firefox\/|FxiOS\//, 'Firefox'],
	[/Chrome\/|Chromium\/|CriOS\//, 'Chrome'],
	[/Safari\//, 'Safari']
];
const SYSTEMS: ReadonlyArray<readonly [pattern: RegExp, name: string]> = [
	[/Android/, 'Android'],
	[/iPhone|iPad/, 'iOS'],
	[/Windows/, 'Windows'],
	[/Macintosh/, 'macOS'],
	[/CrOS/, 'ChromeOS'],
	[/Linux/, 'Linux']
];

export function describeAgent(userAgent: string): string {
	const nameIn = (list: typeof BROWSERS): string | undefined =>
		list.find(([pattern]) => pattern.test(userAgent))?.[1];
	const [browser, system] = [nameIn(BROWSERS), nameIn(SYSTEMS)];
	if (!browser && !system) return 'unknown browser';
	return [browser ?? 'browser', system && `on ${system}`].filter(Boolean).join(' ');
}
