// Provides an Alert, a candidate and an episode as a Supplier reads them, for tests of pages.
import { Alert, Candidate } from '#lib/domain/alert.ts';
import { Episode } from '#lib/domain/episode.ts';

/** A refused command of a network operator, whose User the reader may know. */
export const aCandidate = (fields: Partial<Candidate> = {}): Candidate =>
	Candidate.parse({
		requestId: '90-B3-D5-1F-30-01-00-02:00-DB-12-34-56-78-90-A0:1001',
		deviceId: '00-DB-12-34-56-78-90-A0',
		serviceReferenceVariant: '6.5',
		name: 'Update Device Configuration (Voltage)',
		userId: '90-B3-D5-1F-30-01-00-02',
		userRole: 'ED',
		userName: 'North Grid',
		own: false,
		tier: 'strong',
		relation: 'same-device',
		deltaSeconds: 41,
		anchor: 'responded',
		requestedAt: '2026-11-28T02:13:20.000Z',
		executeAt: null,
		respondedAt: '2026-11-28T02:13:26.000Z',
		responseCode: 'E65',
		fedBy: 'installation',
		reasons: [{ code: 'cause-table', text: 'a command without authority is refused' }],
		...fields
	});

/** An Alert 8F30 of an electricity meter without a candidate. */
export const anAlert = (fields: Partial<Alert> = {}): Alert =>
	Alert.parse({
		id: '410',
		messageId: '00-DB-12-34-56-78-90-A0:8F30:1',
		deviceId: '00-DB-12-34-56-78-90-A0',
		deviceType: 'ESME',
		hubId: '00-DB-12-34-56-78-90-A1',
		area: 'SW1',
		kind: 'device',
		code: '8F30',
		name: 'Source Does not have Authority for Command',
		category: 'security',
		priority: 1,
		raisedAt: '2026-11-28T02:14:07.000Z',
		receivedAt: '2026-11-28T02:14:09.000Z',
		effectiveAt: '2026-11-28T02:14:07.000Z',
		clockStatus: 'reliable',
		occurrences: 1,
		throttled: false,
		reference: null,
		fedBy: 'installation',
		explanation: 'unexplained',
		summary: 'Audit data is complete, and no Service Request of any User explains this Alert.',
		guidance: null,
		notes: [],
		commandOutcome: null,
		forward: null,
		notice: null,
		version: 3,
		seq: 12,
		candidates: [],
		excluded: [],
		decision: null,
		episodeId: null,
		...fields
	});

/** The same Alert with the refused command as its suspect. */
export const anExplainedAlert = (fields: Partial<Alert> = {}): Alert =>
	anAlert({
		explanation: 'likely',
		candidates: [aCandidate()],
		excluded: [
			{
				requestId: '90-B3-D5-1F-30-01-00-03:00-DB-12-34-56-78-90-A0:7',
				serviceReferenceVariant: '4.6.1',
				userRole: 'IS',
				userName: null,
				reason: 'read-succeeded',
				text: 'a read that succeeded (I0) changes nothing'
			}
		],
		...fields
	});

/** A storm of Alerts 8F57 in one area. */
export const anEpisode = (fields: Partial<Episode> = {}): Episode =>
	Episode.parse({
		id: '77',
		kind: 'storm',
		title: '8F57 Supply interrupted on 50 Devices around SW1, no common cause found',
		facts: {
			code: '8F57',
			name: 'Supply interrupted',
			deviceId: '00-DB-12-34-56-78-90-A0',
			hubId: null,
			area: 'SW1',
			model: null,
			firmware: null,
			suspect: null
		},
		firstAt: '2026-11-28T02:14:07.000Z',
		lastAt: '2026-11-28T02:15:30.000Z',
		members: 50,
		devices: 50,
		occurrences: 312,
		atLeast: true,
		open: 50,
		decided: { actionable: 0, ignorable: 0 },
		priority: 3,
		version: 4,
		decision: null,
		...fields
	});
