// Says what a person does next on an installation that has no people yet.
import { hasPeople } from '#lib/server/access/people.ts';
import { inSession } from '#lib/server/postgres/session.ts';

/**
 * Returns the lines that `npm start` prints below the ready line, for another terminal. Returns no line if the
 * installation has people, or if the database does not answer.
 */
export async function nextSteps(
	databaseUrl: string,
	env: Record<string, string | undefined>
): Promise<string[]> {
	// PostgreSQL may have ended in the meantime. The supervision then starts it again, and hints are not worth an end.
	if (await inSession(databaseUrl, hasPeople).catch(() => true)) return [];
	const command = causewayCommand(env);
	return [
		'Nobody can sign in yet. The next three commands, in another terminal:',
		`  ${command} init                                   # makes a Supplier, a person and a key`,
		`  ${command} apikey create --supplier '*' --scopes ingest   # makes the key of the feeds`,
		`  ${command} import devices.csv requests.ndjson alerts.ndjson --key KEY   # the key of the feeds`
	];
}

/** Returns `npm run causeway --` with the variables that another terminal needs to reach this installation. */
export function causewayCommand(env: Record<string, string | undefined>): string {
	const settings = ['CAUSEWAY_HOME', 'DATABASE_URL'].flatMap((name) =>
		// A URL holds a password, so the line names the variable only.
		env[name] ? [`${name}=${name === 'DATABASE_URL' ? '"$DATABASE_URL"' : quoted(env[name])}`] : []
	);
	return [...settings, 'npm run causeway --'].join(' ');
}

/** Writes a word for a POSIX shell. */
export const quoted = (word: string): string =>
	/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
