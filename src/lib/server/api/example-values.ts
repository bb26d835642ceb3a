// Defines what an example of a call has, and the values that several examples of the OpenAPI document share.

export interface Example {
	/** The body as JSON. */
	body?: unknown;
	/** The body in other formats, by media type. */
	texts?: Readonly<Record<string, string>>;
	/** The answer, as JSON or as text. */
	answer?: unknown;
}

export const DEVICE = '00-DB-12-34-56-78-90-A0';
export const HUB = '00-DB-12-34-56-78-90-B0';
export const BRIGHTWELL = '90-B3-D5-1F-30-01-00-01';
export const REQUEST_ID = `90-B3-D5-1F-30-02-00-01:${DEVICE}:1008`;
export const decision = {
	verdict: 'ignorable',
	reason: 'other-user-command',
	note: null,
	by: 'Ada Lead',
	at: '2026-11-05T02:16:00.000Z'
};

export const alert = {
	id: '184467440737095',
	messageId: 'adapter-1-77301',
	deviceId: DEVICE,
	deviceType: 'ESME',
	hubId: HUB,
	area: 'SW1',
	kind: 'device',
	code: '8F30',
	name: 'Command failed to authenticate',
	category: 'security',
	priority: 1,
	raisedAt: '2026-11-05T02:14:07.000Z',
	receivedAt: '2026-11-05T02:14:19.000Z',
	effectiveAt: '2026-11-05T02:14:07.000Z',
	clockStatus: 'reliable',
	occurrences: 1,
	throttled: false,
	reference: null,
	fedBy: 'installation',
	explanation: 'likely',
	summary: 'Likely 6.5 of North Grid (ED), 27 s before.',
	guidance: null,
	notes: [],
	commandOutcome: null,
	forward: null,
	notice: null,
	version: 3,
	seq: 41,
	candidates: [
		{
			requestId: REQUEST_ID,
			deviceId: DEVICE,
			serviceReferenceVariant: '6.5',
			name: 'Update Device Configuration',
			userId: '90-B3-D5-1F-30-02-00-01',
			userRole: 'ED',
			userName: 'North Grid',
			own: false,
			tier: 'strong',
			relation: 'same-device',
			deltaSeconds: 27,
			anchor: 'requested',
			requestedAt: '2026-11-05T02:13:40.000Z',
			executeAt: null,
			respondedAt: null,
			responseCode: 'E21',
			fedBy: 'installation',
			reasons: [{ code: 'cause-table', text: 'The cause table lists 6.5 for 8F30.' }]
		}
	],
	excluded: [],
	decision: null,
	episodeId: '184467440737200',
	shelved: null,
	assignee: null,
	comments: 0
};
