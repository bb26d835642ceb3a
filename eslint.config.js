import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import { EARLY_MESSAGE, HARD_CODED_TEXT } from './eslint/catalogue.js';
import imports from './eslint/imports.js';
import svelteConfig from './svelte.config.js';

/**
 * The floors of src/lib/server, the lowest first (docs/decisions/0008-floors.md): a folder imports only from lower floors. The files
 * directly in src/lib/server are the wiring; they count as one folder, `.`.
 */
const FLOORS = [
	['postgres', 'http', 'process', 'duis'],
	['evidence', 'access', 'jobs', 'runs'],
	['feed', 'learning', 'ingest', 'live', 'installation'],
	['episodes', 'standing-decisions'],
	['retraction', 'decisions', 'run-check'],
	['correlation', 'desk'],
	['cause-table', 'selections'],
	['on-call'],
	['.'],
	['api']
];

/** The folders of pages whose text is in the catalogue. */
const IN_CATALOGUE = [
	'src/routes/*.svelte',
	'src/routes/(console)/*.svelte',
	'src/routes/sign-in/**',
	'src/routes/(console)/{accuracy,cause-table,desk,devices,drawer,episodes,feeds,find,installation,on-call,pager,palette,standing-decisions,terms,users}/**',
	'src/routes/answer/**',
	'src/routes/(console)/{key-settings.svelte,key-words,viewer-supplier}.ts',
	'src/lib/ui/{bulk.svelte,checked-alerts.svelte,decision-choice,desk-actions.svelte,outcomes.svelte,triage.svelte}.ts',
	'src/lib/ui/{feeds.svelte,pages,views,alert-query/completion,alert-query/read-query}.ts',
	'src/lib/ui/{alert-words,standing-words,wording}.ts'
];

/** Dependencies point one way: routes, workers, cli -> lib/server -> lib/domain. */
const forbid = (message, ...group) => ({
	'no-restricted-imports': ['error', { patterns: [{ group, message }] }]
});

const READ_ISSUES = {
	selector: "MemberExpression[property.name='issues']",
	message: 'Read the errors of a schema check with field-errors.ts, which words them for people.'
};

export default ts.config(
	{
		ignores: [
			'build/',
			'.svelte-kit/',
			'.causeway/',
			'.cache/',
			'node_modules/',
			'launcher/node/',
			'src/lib/ui/alert-query/parser.js'
		]
	},
	js.configs.recommended,
	...ts.configs.recommended,
	...svelte.configs.recommended,
	{
		languageOptions: { globals: { ...globals.node, ...globals.browser } },
		rules: {
			'max-lines': ['error', 300],
			'no-console': 'error',
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
			'svelte/no-navigation-without-resolve': 'off'
		}
	},
	{
		files: ['**/*.ts', '**/*.svelte'],
		languageOptions: {
			parserOptions: {
				projectService: true,
				tsconfigRootDir: import.meta.dirname,
				extraFileExtensions: ['.svelte'],
				parser: ts.parser,
				svelteConfig
			}
		},
		rules: {
			'no-undef': 'off',
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/await-thenable': 'error'
		}
	},
	{
		files: ['src/**', 'workers/**', 'server.ts'],
		rules: {
			'no-restricted-properties': [
				'error',
				{ object: 'process', property: 'env', message: 'Settings come from config.ts, once.' }
			]
		}
	},
	{ files: ['src/lib/server/process/config.ts'], rules: { 'no-restricted-properties': 'off' } },
	{
		files: ['src/**', 'cli/**', 'workers/**'],
		ignores: ['src/lib/domain/field-errors.ts'],
		rules: {
			'no-restricted-syntax': ['error', READ_ISSUES]
		}
	},
	{
		files: IN_CATALOGUE,
		rules: { 'no-restricted-syntax': ['error', READ_ISSUES, EARLY_MESSAGE, ...HARD_CODED_TEXT] }
	},
	{
		files: ['**/*.ts'],
		plugins: { imports },
		rules: { 'imports/no-circle': 'error' }
	},
	{
		files: ['src/lib/domain/**'],
		rules: {
			'imports/only-from': [
				'error',
				{
					folders: ['src/lib/domain'],
					packages: ['zod', 'temporal-polyfill', 'rrule-temporal'],
					why: 'the domain is pure. It imports zod, the two libraries of time zones and recurrence, and itself.'
				}
			]
		}
	},
	{
		files: ['src/lib/server/**/*.ts'],
		rules: { 'imports/only-lower-floors': ['error', { root: 'src/lib/server', floors: FLOORS }] }
	},
	{
		files: ['src/lib/server/**'],
		rules: forbid(
			'Server parts know the domain, not the pages.',
			'$app/*',
			'$env/*',
			'#lib/ui/*',
			'**/routes/**',
			// The routes of on call say which Alerts page whom; they are no pages of the console.
			'!#lib/server/on-call/routes/*',
			'**/workers/**'
		)
	},
	{
		files: ['src/lib/ui/**'],
		rules: forbid('Components know the domain, not the server.', '#lib/server/*', '$env/*')
	},
	{
		files: ['workers/**', 'cli/**', 'demo/**', 'accuracy/**', 'bench/**', 'docs/**'],
		rules: forbid('Runs on plain Node.', '$app/*', '$env/*', '#lib/ui/*')
	},
	{
		files: ['tests/e2e/**'],
		rules: forbid(
			'A story knows the product from outside only.',
			'#lib/*',
			'../../src/**',
			'../../workers/**'
		)
	},
	{
		files: ['cli/**', 'launcher/**', 'demo/**', 'accuracy/**', 'bench/**', 'docs/**', 'examples/**'],
		rules: { 'no-console': 'off' }
	},
	{
		files: ['**/*.cjs'],
		languageOptions: { sourceType: 'commonjs' },
		rules: {
			'svelte/no-inner-declarations': 'off',
			'@typescript-eslint/no-require-imports': 'off',
			'@typescript-eslint/consistent-type-imports': 'off'
		}
	}
);
