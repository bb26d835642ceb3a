// Tests an installation of two web processes and two workers: nothing is lost or doubled, also when one of each is
// killed while records arrive.
import { expect, it } from 'vitest';
import { stopProcess } from '../../../launcher/process.ts';
import { holdFeed } from '../../support/held-lock.ts';
import { readLive } from '../../support/live-reader.ts';
import { metricsTargets, readMetrics } from '../../support/metrics.ts';
import { aDevice, anAlert, aRequest, newDeviceId } from '../../support/records.ts';
import { allAlerts, allEpisodes, settled } from '../../support/supplier-reads.ts';
import { eventually, startSystem, startWorker, type Calls, type SupplierSlug } from '../../support/system.ts';
import { startWeb } from '../../support/web.ts';

const SLUGS = ['brightwell', 'halden'] as const;
const SENDERS = 8;
/** The Alerts of a phase in which no process is killed. */
const QUIET_ALERTS = 60;

interface Home {
	slug: SupplierSlug;
	deviceId: string;
	records: Array<[path: string, record: object]>;
}

/** Makes a Device with one Alert and its cause. The Service Request arrives before the Alert or after it. */
function aHome(number: number): Home {
	const slug = SLUGS[number % 2]!;
	const deviceId = newDeviceId();
	const device = aDevice(deviceId, {
		model: 'Storm 9',
		firmware: '2.10',
		tenures: [{ supplier: slug, from: '2025-01-01T00:00:00.000Z' }]
	});
	const rest: Home['records'] = [
		['/service-requests', aRequest(deviceId)],
		['/alerts', anAlert(deviceId)]
	];
	return { slug, deviceId, records: [['/devices', device], ...(number % 4 < 2 ? rest : rest.toReversed())] };
}

const range = (from: number, to: number): number[] =>
	Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

it(
	'two web processes and two workers lose nothing and double nothing, also when one of each is killed',
	{ timeout: 120_000 },
	async () => {
		await using system = await startSystem();
		const worker = await startWorker(system.env);
		await using stopWorker = { [Symbol.asyncDispose]: () => stopProcess(worker, 'SIGTERM') };
		void stopWorker;
		await using first = await startWeb(system);
		await using second = await startWeb(system);
		const targets = metricsTargets(system.env.CAUSEWAY_HOME!);
		expect(targets.map(({ process }) => process).sort()).toEqual(['web', 'web', 'worker', 'worker']);
		const webs = [first, second].map(({ url }) => ({ url, ...system.callsTo(url) }));
		const readers = await Promise.all(
			webs.flatMap(({ url }) =>
				SLUGS.map(async (slug) => ({ slug, reader: await readLive(system, slug, url) }))
			)
		);

		const homes: Home[] = [];
		let calls = 0;
		let retries = 0;
		/** Sends a record to the web processes in turn, until one of them answers. */
		async function send(path: string, record: object): Promise<{ accepted: number; duplicates: number }> {
			for (let attempt = 0; attempt < 20; attempt++) {
				const { post }: Calls = webs[calls++ % 2]!;
				const answer = await post(path, record).catch(() => null);
				if (answer) {
					expect([path, answer.status]).toEqual([path, 202]);
					return answer.body;
				}
				retries++;
			}
			throw new Error(`no web process took ${path}`);
		}
		/** Sends homes with several senders at once, as long as `more` says so. */
		async function sendHomes(more: () => boolean): Promise<void> {
			const sendAll = async (): Promise<void> => {
				while (more()) {
					const home = aHome(homes.length);
					homes.push(home);
					for (const [path, record] of home.records) {
						const { accepted, duplicates } = await send(path, record);
						expect(accepted + duplicates).toBe(1);
					}
				}
			};
			await Promise.all(Array.from({ length: SENDERS }, sendAll));
		}
		const headOf = async (slug: SupplierSlug): Promise<number> =>
			(await system.get(slug, '/alerts?limit=1')).body.head;

		/** Sends homes while every process runs. Every socket brings every change once, without a read of the feed. */
		async function sendQuietly(): Promise<void> {
			const before = Object.fromEntries(
				await Promise.all(SLUGS.map(async (slug) => [slug, await headOf(slug)] as const))
			);
			const end = homes.length + QUIET_ALERTS;
			await sendHomes(() => homes.length < end);
			await settled(system);
			for (const { slug, reader } of readers) {
				const head = await headOf(slug);
				expect(head).toBeGreaterThanOrEqual(before[slug]! + QUIET_ALERTS / 2);
				await eventually(() =>
					expect(reader.broughtAfter(before[slug]!)).toEqual(range(before[slug]! + 1, head))
				);
			}
		}

		await sendQuietly();
		for (const { process, url } of targets.filter((target) => target.process === 'worker')) {
			const explained = (await readMetrics(url)).get('causeway_correlation_delay_seconds_count');
			expect([process, explained]).toEqual([process, expect.toSatisfy((count: number) => count > 0)]);
		}

		// Workers wait in the middle of a transaction, because the test holds a feed. Then a worker and a web process die.
		let sending = true;
		const sent = sendHomes(() => sending);
		sent.catch(() => {}); // the test awaits the result below
		{
			await using held = await holdFeed(system, 'brightwell');
			await eventually(async () => {
				const { rows } = await system.database.query(
					`select pid from pg_stat_activity
					where datname = current_database() and application_name = 'causeway_worker' and wait_event_type = 'Lock'`
				);
				expect(rows.length).toBeGreaterThan(0);
			});
			await stopProcess(worker, 'SIGKILL');
			await second.kill();
			await held.release();
		}
		await eventually(() => expect(retries).toBeGreaterThan(0));
		await second.startAgain();
		sending = false;
		await sent;
		await settled(system);
		for (const { slug, reader } of readers) {
			const head = await headOf(slug);
			await eventually(() => expect([reader.connected, reader.taken.at(-1)]).toEqual([true, head]));
		}

		await sendQuietly();
		for (const { slug, reader } of readers) {
			const head = await headOf(slug);
			await eventually(() => expect(reader.taken).toEqual(range(1, head)));
			for (const numbers of reader.connections) expect(numbers).toHaveLength(new Set(numbers).size);
		}

		for (const slug of SLUGS) {
			const [alerts, same] = await Promise.all(webs.map((web) => allAlerts(web, slug)));
			expect(same).toEqual(alerts);
			const ours = homes.filter((home) => home.slug === slug);
			expect(alerts!.map((alert) => alert.deviceId).sort()).toEqual(
				ours.map(({ deviceId }) => deviceId).sort()
			);
			expect(new Set(alerts!.map((alert) => alert.explanation))).toEqual(new Set(['likely']));
			const versions = new Map(alerts!.map(({ id, version }) => [id, version]));
			for (const { reader } of readers.filter((one) => one.slug === slug))
				expect(reader.versions).toEqual(versions);
			const [episodes, sameEpisodes] = await Promise.all(webs.map((web) => allEpisodes(web, slug)));
			expect(sameEpisodes).toEqual(episodes);
			expect(episodes).toMatchObject([{ kind: 'campaign', members: ours.length, devices: ours.length }]);
		}
		const { rows } = await system.database.query(
			`select count(*)::int alerts, count(distinct id)::int ids,
				count(distinct (id >> 12) & 1023)::int processes from alert`
		);
		// The web process that started again has another number, because its old lease has not ended.
		expect(rows).toEqual([{ alerts: homes.length, ids: homes.length, processes: 3 }]);

		for (const { post } of webs)
			for (const path of ['/alerts', '/service-requests', '/devices']) {
				const records = homes.flatMap((home) =>
					home.records.filter(([to]) => to === path).map(([, record]) => record)
				);
				expect((await post(path, records)).body).toMatchObject({
					accepted: 0,
					duplicates: homes.length,
					rejected: []
				});
			}
	}
);
