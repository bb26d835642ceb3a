// ESLint rules about imports, type imports included: the floors of the server (ADR 0008), the purity of the domain, and no
// circles. TypeScript resolves the paths, so that `#lib/...` and relative imports are the same to these rules.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const PROJECT = path.resolve(import.meta.dirname, '..');
const { options: COMPILER_OPTIONS } = ts.parseJsonConfigFileContent(
	ts.readConfigFile(path.join(PROJECT, 'tsconfig.json'), ts.sys.readFile).config,
	ts.sys,
	PROJECT
);
const RESOLUTIONS = ts.createModuleResolutionCache(PROJECT, (name) => name, COMPILER_OPTIONS);

/** The file of the project that an import of `from` names; `null` for a package. */
function resolve(specifier, from) {
	if (!specifier.startsWith('#') && !specifier.startsWith('.')) return null;
	const { resolvedModule } = ts.resolveModuleName(specifier, from, COMPILER_OPTIONS, ts.sys, RESOLUTIONS);
	return resolvedModule?.resolvedFileName ?? null;
}

/** The files that each file imports. One run of ESLint reads each file once. */
const imports = new Map();

function importsOf(file) {
	let files = imports.get(file);
	if (!files) {
		const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
		files = importedFiles.map(({ fileName }) => resolve(fileName, file)).filter((name) => name !== null);
		imports.set(file, files);
	}
	return files;
}

/** The shortest chain of imports from `start` to `end`; `null`: there is none. */
function chain(start, end) {
	const cameFrom = new Map([[start, null]]);
	for (const file of cameFrom.keys()) {
		if (file === end) {
			const way = [];
			for (let at = file; at; at = cameFrom.get(at)) way.unshift(path.relative(PROJECT, at));
			return way;
		}
		for (const next of importsOf(file)) if (!cameFrom.has(next)) cameFrom.set(next, file);
	}
	return null;
}

/** Visits every import of a file, type imports and re-exports included, with the name that it imports. */
function visitImports(check) {
	const visit = (node) => {
		const name = (node.source ?? node.argument?.literal)?.value;
		if (typeof name === 'string') check(node, name);
	};
	return {
		ImportDeclaration: visit,
		ExportNamedDeclaration: visit,
		ExportAllDeclaration: visit,
		ImportExpression: visit,
		TSImportType: visit
	};
}

/** Visits every import of a file of the project with the file that it names. */
const visitProjectImports = (context, check) =>
	visitImports((node, name) => {
		const target = resolve(name, context.filename);
		if (target) check(node, target);
	});

const noCircle = {
	meta: { type: 'problem', schema: [], messages: { circle: 'Import circle: {{way}}.' } },
	create: (context) =>
		visitProjectImports(context, (node, target) => {
			const way = chain(target, context.filename);
			if (way)
				context.report({
					node,
					messageId: 'circle',
					data: { way: [path.relative(PROJECT, context.filename), ...way].join(' -> ') }
				});
		})
};

const onlyLowerFloors = {
	meta: {
		type: 'problem',
		schema: [{ type: 'object', properties: { root: { type: 'string' }, floors: { type: 'array' } } }],
		messages: {
			upward:
				'{{from}} (floor {{fromFloor}}) imports {{to}} (floor {{toFloor}}): a folder imports only from lower floors (docs/decisions/0008-floors.md).',
			unknown: '{{name}} stands on no floor: add it to the table of floors in eslint.config.js.'
		}
	},
	create(context) {
		const [{ root, floors }] = context.options;
		const folderOf = (file) => path.dirname(path.relative(path.join(PROJECT, root), file)).split(path.sep)[0];
		const floorOf = (folder) => floors.findIndex((folders) => folders.includes(folder)) + 1;
		const from = folderOf(context.filename);
		const fromFloor = floorOf(from);
		if (fromFloor === 0)
			return { Program: (node) => context.report({ node, messageId: 'unknown', data: { name: from } }) };
		return visitProjectImports(context, (node, target) => {
			if (!target.startsWith(path.join(PROJECT, root) + path.sep)) return;
			const to = folderOf(target);
			const toFloor = floorOf(to);
			if (to !== from && toFloor >= fromFloor)
				context.report({ node, messageId: 'upward', data: { from, fromFloor, to, toFloor } });
		});
	}
};

/** `folders` of the project, and `packages`, that the files may import; `why` ends the message. */
const onlyFrom = {
	meta: {
		type: 'problem',
		schema: [
			{
				type: 'object',
				properties: { folders: { type: 'array' }, packages: { type: 'array' }, why: { type: 'string' } }
			}
		],
		messages: { outside: '{{name}} may not be imported here: {{why}}' }
	},
	create(context) {
		const [{ folders, packages, why }] = context.options;
		const isAllowed = (name) => {
			const target = resolve(name, context.filename);
			return target
				? folders.some((folder) => target.startsWith(path.join(PROJECT, folder) + path.sep))
				: packages.includes(name);
		};
		return visitImports((node, name) => {
			if (!isAllowed(name)) context.report({ node, messageId: 'outside', data: { name, why } });
		});
	}
};

export default {
	rules: { 'no-circle': noCircle, 'only-lower-floors': onlyLowerFloors, 'only-from': onlyFrom }
};
