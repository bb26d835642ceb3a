// Makes docs/reference/settings.md and .env.example from the schema of the settings.
import { z } from 'zod';
import { Settings } from '#lib/server/process/config.ts';
import { code, codes, head, page, table } from './markdown.ts';

interface Setting {
	name: string;
	description: string;
	/** `undefined`: there is no default. */
	default?: string | number;
	isRequired: boolean;
	example?: string;
	/** The values that the setting accepts, in Markdown. */
	accepts: string;
}

/** Variables that the server itself does not read, with the part of the project that reads them. */
export const OTHER_VARIABLES = [
	{
		name: 'ENV_FILE',
		readBy: 'src/lib/server/process/config.ts',
		description:
			'The file that is read instead of `.env`. Two instances on one machine can have two files. With /dev/null, no file is read.',
		example: '.env.second'
	},
	{
		name: 'POSTGRES_PASSWORD',
		readBy: 'docker-compose.yml',
		description:
			'The password of the PostgreSQL container. Docker Compose does not start without it, unless docker-compose.secrets.yml reads it from a file.'
	},
	{
		name: 'CAUSEWAY_KEY',
		readBy: 'cli/import/import.ts',
		description: 'The API key for `npm run causeway -- import`, if `--key` is not given.'
	},
	{
		name: 'CHROMIUM_PATH',
		readBy: 'tests/support/browser.ts',
		description: 'The Chromium program for the browser tests, if set-up does not find one.',
		example: '/usr/bin/chromium'
	},
	{
		name: 'DEMO_SEED',
		readBy: 'demo/main.ts',
		description: 'The seed of the random demo traffic.',
		default: '1'
	},
	{
		name: 'DEMO_RATE',
		readBy: 'demo/main.ts',
		description: 'The amount of demo traffic, as a multiple of the usual amount.',
		default: '1'
	},
	{
		name: 'DEMO_ANSWER_SECONDS',
		readBy: 'demo/main.ts',
		description:
			'The seconds after which Alex of the demo acknowledges a page. Alex decides the page after twice that time.',
		default: '30'
	}
] as const satisfies ReadonlyArray<{
	name: string;
	readBy: string;
	description: string;
	default?: string;
	example?: string;
}>;

interface JsonSchema {
	type?: string;
	format?: string;
	enum?: readonly string[];
	minimum?: number;
	maximum?: number;
	minLength?: number;
	default?: string | number;
	description?: string;
	examples?: readonly string[];
}

function settings(): Setting[] {
	const { properties, required } = z.toJSONSchema(Settings, { io: 'input' }) as {
		properties: Record<string, JsonSchema>;
		required: readonly string[];
	};
	return Object.entries(properties).map(([name, schema]) => {
		const { description, examples } = schema;
		if (!description) throw new Error(`${name} has no description in config.ts`);
		const isRequired = required.includes(name);
		if (isRequired && !examples?.[0]) throw new Error(`${name} is required and has no example in config.ts`);
		return {
			name,
			description,
			isRequired,
			accepts: acceptedBy(schema),
			...(schema.default === undefined ? {} : { default: schema.default }),
			...(examples?.[0] ? { example: examples[0] } : {})
		};
	});
}

function acceptedBy(schema: JsonSchema): string {
	if (schema.enum) return codes(schema.enum);
	if (schema.format === 'uri') return `URL such as ${code(schema.examples?.[0] ?? 'https://')}`;
	if (schema.type !== 'integer' && schema.type !== 'number')
		return schema.minLength ? `text, at least ${schema.minLength} characters` : 'text';
	const kind = schema.type === 'integer' ? 'whole number' : 'number';
	const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema;
	return maximum === Number.MAX_SAFE_INTEGER
		? `${kind}, at least ${minimum}`
		: `${kind} from ${minimum} to ${maximum}`;
}

export function settingsPage(): string {
	const all = settings();
	return page(
		head('Settings'),
		`Settings are environment variables. Each process reads and checks them once, when it starts. ${code('npm start')} and ${code('npm run demo')} need none of them: they start their own PostgreSQL and Redis and make their own secret.`,
		`Set a variable in front of the command, for example ${code('PORT=3001 CAUSEWAY_HOME=.causeway-2 npm start')}. An empty value counts as not set. [.env.example](../../.env.example) has the same list in the format of an environment file.`,
		`Every setting can be given as a file: set ${code('NAME_FILE')} to the path of a file with the value, for example ${code('AUTH_SECRET_FILE=/run/secrets/auth-secret')}. Causeway removes a line break at the end of the file, and refuses to start if ${code('NAME')} is also set.`,
		`Every command reads the file ${code('.env')} in the folder of the project, or the file that ${code('ENV_FILE')} names. A variable of the environment wins over the file. Docker Compose also reads ${code('.env')} and passes every setting in it to the containers: [containers.md](../guide/containers.md).`,
		table(
			['Setting', 'Accepts', 'Default'],
			all.map(({ name, accepts, isRequired, ...setting }) => [
				`[${code(name)}](#${name.toLowerCase()})`,
				accepts,
				isRequired
					? `required; ${code('npm start')} provides it`
					: setting.default === undefined || setting.default === ''
						? 'not set'
						: code(String(setting.default))
			])
		),
		...all.flatMap(({ name, description }) => [`## ${code(name)}`, description]),
		'## Other variables',
		'The server does not read these variables. Other parts of the project do.',
		table(
			['Variable', 'Purpose', 'Default', 'Read by'],
			OTHER_VARIABLES.map(({ name, description, readBy, ...variable }) => [
				code(name),
				description,
				'default' in variable ? code(variable.default) : 'not set',
				`[${readBy}](../../${readBy})`
			])
		)
	);
}

/**
 * The text of .env.example: every setting as a comment, with its default or an example. So a copy as .env changes
 * nothing until a person removes a `#`.
 */
export function envExample(): string {
	const head = [
		'# Lists every setting of Causeway. Generated from the code: do not edit this file, run `npm run docs:reference`.',
		'#',
		'# Copy this file to .env, and remove the `#` before the settings that you change. Every command of Causeway reads .env.',
		'# A variable of the environment wins. `npm start` and `npm run demo` need no setting: they start their own PostgreSQL',
		'# and Redis and make their own secret. A line `# NAME=value` shows the default, or an example if it says so.',
		'# Docker Compose also reads .env and passes the settings to the containers (docs/guide/containers.md).'
	];
	const entries = [...settings(), ...OTHER_VARIABLES].map(({ name, description, ...setting }) => {
		const byDefault = 'default' in setting && setting.default !== '' ? setting.default : undefined;
		const example = 'example' in setting ? setting.example : undefined;
		const isExample = byDefault === undefined && example !== undefined;
		return [
			...comment(isExample ? `${description} An example:` : description),
			`# ${name}=${byDefault ?? example ?? ''}`
		];
	});
	return `${[head, ...entries].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Wraps a text into comment lines of at most 118 characters. Code in backquotes stays on one line. */
function comment(text: string): string[] {
	const lines: string[] = ['#'];
	for (const word of text.match(/(?:`[^`]*`|\S)+/g) ?? []) {
		if (`${lines.at(-1)} ${word}`.length > 118) lines.push('#');
		lines[lines.length - 1] += ` ${word}`;
	}
	return lines;
}
