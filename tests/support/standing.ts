// Proposes and activates standing decisions of Brightwell by two keys, and makes Alerts that fit them.
import { expect } from 'vitest';
import { addApiKey } from '#lib/server/access/administration.ts';
import type { Alert } from '#lib/domain/alert.ts';
import type { StandingDecision, StandingPreview } from '#lib/domain/standing-decision/standing-decision.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from './records.ts';
import { eventually, type Answer, type System } from './system.ts';

const DAY_MS = 86_400_000;

/** Alerts 8F30 that a failed request 6.5 of a network operator explains. */
export const WHEN = {
	code: '8F30',
	explanation: 'likely',
	serviceReferenceVariant: '6.5',
	userRole: 'ED'
};

export const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

export const aProposal = (fields: object = {}) => ({
	when: WHEN,
	verdict: 'ignorable',
	reason: 'other-user-command',
	note: 'North Grid writes the configuration each night',
	expiresAt: inDays(30),
	...fields
});

export type Standing = Awaited<ReturnType<typeof standingOf>>;

/** Returns the calls about standing decisions of Brightwell. The second author has a key of its own. */
export async function standingOf(system: System) {
	const { rows } = await system.database.query(`select id from supplier where slug = 'brightwell'`);
	const supplierId: number = rows[0].id;
	const second = await addApiKey(system.database, supplierId, ['read', 'decide', 'manage']);
	const post = (path: string, body: object, key = 'brightwell'): Promise<Answer> =>
		system.call('POST', `/standing-decisions${path}`, key, body);
	const propose = async (
		fields: object = {}
	): Promise<Omit<StandingDecision, 'preview'> & { preview: StandingPreview }> => {
		const { status, body } = await post('', aProposal(fields));
		expect({ status, errors: body.errors }).toEqual({ status: 201, errors: undefined });
		return body;
	};
	return {
		supplierId,
		second,
		post,
		propose,
		/** Proposes with the first key and activates with the second. */
		async active(fields: object = {}): Promise<StandingDecision> {
			const { id, preview } = await propose(fields);
			const { status, body } = await post(
				`/${id}/activate`,
				{ confirm: preview.matched, asOf: preview.asOf },
				second
			);
			expect({ status, detail: body.detail }).toEqual({ status: 200, detail: undefined });
			return body;
		},
		end: (id: string): Promise<Answer> => post(`/${id}/end`, { note: 'the campaign is over' }),
		one: async (id: string): Promise<StandingDecision> =>
			(await system.get('brightwell', `/standing-decisions/${id}`)).body
	};
}

/** Sends a Device with a Service Request and an Alert that the request explains. Returns the id of the Device. */
export async function sendFitting(system: System, request: Record<string, unknown> = {}): Promise<string> {
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	await system.post('/service-requests', aRequest(deviceId, request));
	await system.post('/alerts', anAlert(deviceId));
	return deviceId;
}

/** Sends the same, and waits for the explained Alert. */
export const fitting = async (system: System, request: Record<string, unknown> = {}): Promise<Alert> =>
	system.becomes('brightwell', await sendFitting(system, request), { explanation: 'likely' });

/** Decides an Alert as a person does, or reopens it with the verdict `null`. */
export async function decide(
	system: System,
	{ id, version }: Pick<Alert, 'id' | 'version'>,
	verdict: 'actionable' | 'ignorable' | null
): Promise<Alert> {
	const reason = verdict === 'actionable' ? 'visit' : verdict && 'information';
	const { status, body } = await system.call('POST', `/alerts/${id}/decision`, 'brightwell', {
		verdict,
		reason,
		version
	});
	expect(status).toBe(200);
	return body;
}

/** Tells that the request succeeded, so that it no longer explains an Alert about a failed command. */
export const succeed = (system: System, requestId: string): Promise<Answer> =>
	system.post('/service-requests', {
		requestId,
		respondedAt: '2026-11-05T02:14:10.000Z',
		responseCode: 'I0'
	});

/** Waits until the Alert with this id matches `expected`. */
export const alertBecomes = (system: System, id: string, expected: object): Promise<Alert> =>
	eventually(async () => {
		const { body } = await system.get('brightwell', `/alerts/${id}`);
		expect(body).toMatchObject(expected);
		return body;
	});
