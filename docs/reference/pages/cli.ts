// Makes docs/reference/cli.md from the table of verbs.
import { EXIT_CODES, verbs } from '../../../cli/verbs.ts';
import { code, head, page, table } from './markdown.ts';

export function cliPage(): string {
	return page(
		head('Command line'),
		`${code('npm run causeway -- VERB')} administers an installation. Add ${code('--json')} to print JSON for programs, and ${code('--help')} for help.`,
		`A verb that needs the database uses the running instance, or ${code('DATABASE_URL')} and ${code('REDIS_URL')}. Without either, it starts the embedded services and stops them at the end.`,
		table(
			['Verb', 'Purpose'],
			Object.entries(verbs).map(([name, { summary }]) => [`[${code(name)}](#${anchorOf(name)})`, summary])
		),
		...Object.entries(verbs).flatMap(([name, { usage, summary, details = [] }]) => [
			`## ${code(name)}`,
			`\`\`\`sh\nnpm run causeway -- ${usage}\n\`\`\``,
			[summary, ...details].join(' ')
		]),
		'## Exit codes',
		table(
			['Code', 'Meaning'],
			EXIT_CODES.map(([exitCode, meaning]) => [String(exitCode), meaning])
		)
	);
}

/** The anchor that GitHub gives to a heading. */
const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-');
