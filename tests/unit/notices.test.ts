// Checks the third-party notices: the file is up to date, names every package that is shipped, and no licence is wrong.
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BUNDLED, NOTICES, notices, readLock, refusedLicences, shippedPackages } from '../../docs/notices.ts';

const lock = readLock();

describe('the third-party notices', () => {
	it('are up to date with package-lock.json', () => {
		expect(readFileSync(NOTICES, 'utf8') === notices(lock), 'run npm run notices').toBe(true);
	});

	it('name every dependency, and every package that the pages import', () => {
		const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
			dependencies: Record<string, string>;
		};
		// The compiler of the catalogue runs in the build, and is no part of a page.
		const files = globSync('src/**/*.{ts,svelte,css}').filter((file) => !file.startsWith('src/messages/'));
		const imported = files.flatMap((file) =>
			[
				...readFileSync(file, 'utf8').matchAll(/(?:^|\s)(?:from|import) '((?:@[\w-]+\/)?\w[\w.-]*)[^']*';$/gm)
			].map((match) => match[1]!)
		);
		const shipped = new Set(shippedPackages(lock).map((path) => path.replace(/^.*node_modules\//, '')));
		const missing = [...new Set([...imported, ...Object.keys(dependencies), ...BUNDLED])].filter(
			(name) => name !== 'node' && !shipped.has(name)
		);
		expect(imported).toContain('virtua');
		expect(missing).toEqual([]);
	});

	it('refuse a package with a copyleft licence, without a licence, or with an unknown licence', () => {
		expect(refusedLicences(lock)).toEqual([]);
		const wrong = {
			...lock,
			'node_modules/gpl': { version: '1.0.0', license: 'GPL-3.0-only' },
			'node_modules/pg/node_modules/agpl': { version: '1.0.0', license: 'AGPL-3.0 AND MIT' },
			'node_modules/none': { version: '1.0.0' },
			'node_modules/either': { version: '1.0.0', license: '(GPL-2.0 OR MIT)' },
			'node_modules/tool': { version: '1.0.0', license: 'GPL-3.0-only', dev: true }
		};
		expect(refusedLicences(wrong)).toEqual([
			'agpl 1.0.0: AGPL-3.0 AND MIT',
			'gpl 1.0.0: GPL-3.0-only',
			'none 1.0.0: no licence'
		]);
		expect(() => notices(wrong)).toThrow('must not ship');
	});
});
