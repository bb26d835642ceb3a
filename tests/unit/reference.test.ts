// Checks that docs/reference and .env.example say what the code says.
import { describe, expect, it } from 'vitest';
import { generateFiles, readFile } from '../../docs/reference/generate.ts';
import { OTHER_VARIABLES } from '../../docs/reference/pages/settings.ts';

const files = await generateFiles();

describe('the reference', () => {
	it('has a page each for settings, metrics, command line, CSV, API and query box, an example of the environment file, and the parser', () => {
		expect([...files.keys()].sort()).toEqual([
			'.env.example',
			'docs/reference/api.md',
			'docs/reference/cli.md',
			'docs/reference/csv.md',
			'docs/reference/metrics.md',
			'docs/reference/query.md',
			'docs/reference/settings.md',
			'src/lib/ui/alert-query/parser.js'
		]);
	});

	it.for([...files.keys()])('matches the code in %s', (path) => {
		expect(readFile(path), `${path} is out of date: run npm run docs:reference`).toBe(files.get(path));
	});

	it.for([...OTHER_VARIABLES])('names a file that reads the variable $name', ({ name, readBy }) => {
		expect(readFile(readBy)).toContain(name);
	});
});
