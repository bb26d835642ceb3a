// The cause table as the people of a test work on it.
import { expect, vi } from 'vitest';
import { shippedFile, type CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import { joinAs, type Member } from './members.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from './records.ts';
import type { Answer, System } from './system.ts';

export const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** A table in which a failed command of a network operator explains 8F30 for so many seconds only. */
export function shortened(seconds: number): CauseFile {
	const file = structuredClone(shippedFile);
	file.entries.find((e) => e.alert === '8F30')!.causes.find((c) => c.id === '8F30/1')!.maxSeconds = seconds;
	return file;
}

/** Two people of Brightwell who may change the table, one who may not, and one of Halden. */
export async function joinEditors(system: System) {
	await system.post('/service-requests/completeness', { source: 'sat', completeUntil: minutesAgo(0) });
	return {
		lead: await joinAs(system, 'brightwell', 'lead', 'Brightwell lead'),
		officer: await joinAs(system, 'brightwell', 'officer', 'Brightwell officer'),
		controller: await joinAs(system, 'brightwell', 'controller', 'Brightwell controller'),
		haldenLead: await joinAs(system, 'halden', 'lead', 'Halden lead')
	};
}

export const activeTable = async (by: Member) => (await by.call('GET', '/cause-table')).body.active;

/** Saves a draft on the active table. */
export async function draftOf(
	by: Member,
	{ entries, notCommand }: CauseFile,
	fields: object = {}
): Promise<Answer> {
	const basedOn = (await activeTable(by)).version;
	return by.call('POST', '/cause-table', { basedOn, body: { entries, notCommand }, ...fields });
}

/** The Supplier's figures of a what-if, once it is done. */
export const whatIfDone = (by: Member, version: string) =>
	vi.waitFor(
		async () => {
			const { body } = await by.call('GET', `/cause-table/${version}/what-if`);
			expect(body.state).toBe('done');
			return body;
		},
		{ timeout: 25_000, interval: 50 }
	);

export async function replay(by: Member, version: string) {
	expect((await by.call('POST', `/cause-table/${version}/what-if`)).status).toBe(202);
	return whatIfDone(by, version);
}

/** 8F30 ten minutes ago on a new Device, and a failed command of a network operator so many seconds before it. */
export async function happened(system: System, supplier: string, seconds: number): Promise<string> {
	const deviceId = newDeviceId();
	const raisedAt = minutesAgo(10);
	const requestedAt = new Date(Date.parse(raisedAt) - seconds * 1000).toISOString();
	const tenures = [{ supplier, from: minutesAgo(90_000), to: null }];
	await system.post('/devices', aDevice(deviceId, { tenures }));
	await system.post('/service-requests', aRequest(deviceId, { requestedAt }));
	await system.post('/alerts', anAlert(deviceId, { raisedAt, receivedAt: raisedAt }));
	return deviceId;
}
