// Tests that the shipped cause table gets a new version with every change. A database that has a version never reads
// another file under this version, so that a change without a new version would have no effect there.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** The SHA-256 of the content of every shipped version, without spaces between the fields. */
const SHIPPED: Record<string, string> = {
	'2026-11-27': 'aa9e98298edb5052c09d5bc75cb7509084b1edf763056a566fd9be6900552534',
	'2026-11-28': 'af7ba9359ac4982e2f3d554dca8b1159453c6746f60354239abe782afd5823b7'
};

it('keeps the content of each version of causes.json', () => {
	const file = JSON.parse(readFileSync('src/lib/domain/knowledge/causes.json', 'utf8')) as {
		version: string;
	};
	const hash = createHash('sha256').update(JSON.stringify(file)).digest('hex');
	const newest = Object.keys(SHIPPED).sort().at(-1)!;
	expect(
		{ version: file.version, hash },
		`causes.json has changed. Set its "version" to a date after ${newest}, and add the line '${file.version}': '${hash}' with this new version to SHIPPED in tests/unit/cause-table-file.test.ts (run the test again for the hash). Never change a line of SHIPPED: installations already have that version.`
	).toEqual({ version: newest, hash: SHIPPED[newest] });
});
