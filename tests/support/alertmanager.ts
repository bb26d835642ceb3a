// Runs a real Alertmanager for a test, as Debian packages it. `npm test` unpacks the package if the machine has none.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, freePort, root, stopProcess } from '../../launcher/process.ts';
import { eventually } from './system.ts';

/** Set-up unpacks the package here. The unpacked program finds its files from this folder. */
const UNPACKED = join(root, '.cache/alertmanager');
/** `undefined`: there is no Alertmanager on this machine. */
export const ALERTMANAGER = findProgram(
	['prometheus-alertmanager', 'alertmanager'],
	[join(UNPACKED, 'usr/bin')]
);

export interface ShownAlert {
	labels: Record<string, string>;
	annotations: Record<string, string>;
	startsAt: string;
	endsAt: string;
	status: { state: string };
}

export async function startAlertmanager() {
	const folder = mkdtempSync(join(tmpdir(), 'causeway-alertmanager-'));
	const config = join(folder, 'alertmanager.yml');
	writeFileSync(config, 'route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n');
	const url = `http://127.0.0.1:${await freePort()}`;
	const program = spawn(
		ALERTMANAGER!,
		[
			`--config.file=${config}`,
			`--storage.path=${join(folder, 'data')}`,
			`--web.listen-address=${new URL(url).host}`,
			'--cluster.listen-address='
		],
		{ stdio: 'ignore', ...(ALERTMANAGER!.startsWith(UNPACKED) ? { cwd: UNPACKED } : {}) }
	);
	await eventually(async () => {
		if (!(await fetch(`${url}/-/ready`)).ok) throw new Error('Alertmanager is not ready');
	});
	return {
		url,
		/** Returns the alerts that Alertmanager shows, by its own API. */
		async shown(filter: string): Promise<ShownAlert[]> {
			const answer = await fetch(`${url}/api/v2/alerts?filter=${encodeURIComponent(filter)}`);
			return (await answer.json()) as ShownAlert[];
		},
		async [Symbol.asyncDispose]() {
			await stopProcess(program, 'SIGTERM');
			rmSync(folder, { recursive: true, force: true });
		}
	};
}
