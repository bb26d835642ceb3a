// Makes docs/reference/cli.md from the table of verbs.
import { EXIT_CODES, type Verb } from '../../../cli/verb.ts';
import { verbs } from '../../../cli/verbs.ts';
import { code, head, page, table } from './markdown.ts';

export function cliPage(): string {
	return page(
		head('Command line'),
		`${code('npm run causeway -- VERB')} administers an installation. ${code('--help')} after a verb prints its options and an example, and ${code('--version')} prints the version.`,
		`${code('--json')} prints the result as JSON on the standard output, and an error as ${code('{"error", "exitCode"}')} on the standard error output.`,
		`A verb that needs the database uses ${code('DATABASE_URL')}, or the installation in the folder ${code('CAUSEWAY_HOME')}. If the installation is not running, the verb starts its PostgreSQL and stops it at the end. Only ${code('npm start')}, ${code('npm run demo')} and ${code('init')} make a new installation.`,
		table(
			['Verb', 'Purpose'],
			Object.entries(verbs).map(([name, { summary }]) => [`[${code(name)}](#${anchorOf(name)})`, summary])
		),
		...Object.entries(verbs).flatMap(([name, verb]) => sectionOf(name, verb)),
		'## Exit codes',
		table(
			['Code', 'Meaning'],
			EXIT_CODES.map(([exitCode, meaning]) => [String(exitCode), meaning])
		)
	);
}

function sectionOf(name: string, { args, summary, details = [], options = [], example }: Verb): string[] {
	return [
		`## ${code(name)}`,
		[summary, ...details].join(' '),
		code([name, ...(args ? [args] : []), ...(options.length > 0 ? ['[options]'] : [])].join(' ')),
		...(options.length > 0
			? [
					table(
						['Option', 'Meaning'],
						options.map(([form, meaning]) => [code(form), meaning])
					)
				]
			: []),
		`\`\`\`sh\nnpm run causeway -- ${example}\n\`\`\``
	];
}

/** The anchor that GitHub gives to a heading. */
const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-');
