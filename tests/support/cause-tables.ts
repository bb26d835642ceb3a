// Drafts, replays and reads cause tables as members of a Supplier.
import { expect, vi } from 'vitest';
import { shippedFile, type CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import { joinAs, type Member } from './members.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from './records.ts';
import type { Answer, System } from './system.ts';

export const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** Returns the shipped table with a shorter window: a failed command of a network operator explains 8F30 for `maxSeconds`. */
export function shortenedTable(maxSeconds: number): CauseFile {
	const file = structuredClone(shippedFile);
	file.entries.find((e) => e.alert === '8F30')!.causes.find((c) => c.id === '8F30/1')!.maxSeconds =
		maxSeconds;
	return file;
}

/**
 * Signs in two people of the installation, two people of Brightwell who may draft, a person who may not, and a lead of
 * Halden.
 */
export async function joinEditors(system: System) {
	await system.post('/service-requests/completeness', { source: 'sat', completeUntil: minutesAgo(0) });
	return {
		admin: await joinAs(system, '*', 'admin', 'Installation admin'),
		editor: await joinAs(system, '*', 'engineer', 'Rules editor'),
		lead: await joinAs(system, 'brightwell', 'lead', 'Brightwell lead'),
		officer: await joinAs(system, 'brightwell', 'officer', 'Brightwell officer'),
		controller: await joinAs(system, 'brightwell', 'controller', 'Brightwell controller'),
		haldenLead: await joinAs(system, 'halden', 'lead', 'Halden lead')
	};
}

/** Reads the active cause table as a person. */
export const activeTable = async (by: Member) => (await by.call('GET', '/cause-table')).body.active;

/** Saves a draft that is based on the active table. */
export async function saveDraft(
	by: Member,
	{ entries, notCommand }: CauseFile,
	fields: object = {}
): Promise<Answer> {
	const basedOn = (await activeTable(by)).version;
	return by.call('POST', '/cause-table', { basedOn, body: { entries, notCommand }, ...fields });
}

/** Waits until the what-if is done, and returns the figures of the what-if for the Supplier of the person. */
export const waitForWhatIf = (by: Member, version: string) =>
	vi.waitFor(
		async () => {
			const { body } = await by.call('GET', `/cause-table/${version}/what-if`);
			expect(body.state).toBe('done');
			return body;
		},
		{ timeout: 25_000, interval: 50 }
	);

/** Starts a what-if and waits for its figures. */
export async function runWhatIf(by: Member, version: string) {
	expect((await by.call('POST', `/cause-table/${version}/what-if`)).status).toBe(202);
	return waitForWhatIf(by, version);
}

/**
 * Posts an 8F30 of ten minutes ago on a new Device, and a network operator's failed command `seconds` before the 8F30.
 * Returns the id of the Device.
 */
export async function postAlertAfterRequest(
	system: System,
	supplier: string,
	seconds: number
): Promise<string> {
	const deviceId = newDeviceId();
	const raisedAt = minutesAgo(10);
	const requestedAt = new Date(Date.parse(raisedAt) - seconds * 1000).toISOString();
	const tenures = [{ supplier, from: minutesAgo(90_000), to: null }];
	await system.post('/devices', aDevice(deviceId, { tenures }));
	await system.post('/service-requests', aRequest(deviceId, { requestedAt }));
	await system.post('/alerts', anAlert(deviceId, { raisedAt, receivedAt: raisedAt }));
	return deviceId;
}
