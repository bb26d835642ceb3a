// Picks examples of Alerts whose answer was wrong, so that a reader can trace a figure to single Alerts.
import type { Alert } from '#lib/domain/alert.ts';
import type { SentRequest } from './ledger.ts';
import { isAsItShouldBe, type Answer } from './score.ts';
import type { Truth } from './truth.ts';

export interface Example {
	alert: string;
	mechanism: string;
	code: string;
	truth: string;
	/** The requests that caused the Alert, with SRV and true time. */
	because: string[];
	/** The explanation that Causeway gave. */
	said: string;
	/** The first candidate. `null`: the explanation has no candidate. */
	best: string | null;
	/** The reason why Causeway excluded the true request. `null`: Causeway did not exclude this request. */
	excludedFor: string | null;
	raisedAt: string | null;
	receivedAt: string;
}

/** The most examples with the same mechanism, truth and explanation. */
const EXAMPLES_PER_GROUP = 3;

export function examplesOf(
	pairs: ReadonlyArray<[Truth, Answer & Alert]>,
	sent: ReadonlyMap<string, SentRequest>
): Example[] {
	const seen = new Map<string, number>();
	return pairs
		.filter(([truth, answer]) => !isAsItShouldBe(truth, answer))
		.filter(([truth, answer]) => {
			const group = `${truth.mechanism} ${truth.kind} ${answer.explanation}`;
			const count = (seen.get(group) ?? 0) + 1;
			seen.set(group, count);
			return count <= EXAMPLES_PER_GROUP;
		})
		.map(([truth, answer]) => {
			const [best] = answer.candidates;
			const excluded = answer.excluded.find(({ requestId }) => truth.requests.includes(requestId));
			return {
				alert: `${truth.viewer} ${truth.messageId}`,
				mechanism: truth.mechanism,
				code: truth.code,
				truth: `${truth.kind}${truth.missing ? ', record missing' : ''}${truth.hidden ? ', hidden by tenure' : ''}`,
				because: truth.requests.map((id) => describe(sent.get(id)!)),
				said: answer.explanation,
				best: best
					? `${best.tier} ${best.serviceReferenceVariant} of ${best.userRole}, ${best.deltaSeconds} s after ${best.anchor}, ${best.responseCode ?? 'no response'}`
					: null,
				excludedFor: excluded ? `${excluded.reason}: ${excluded.text}` : null,
				raisedAt: answer.raisedAt,
				receivedAt: answer.receivedAt
			};
		});
}

function describe({ party, at, parts, missing }: SentRequest): string {
	const complete = Object.assign({}, ...parts) as SentRequest['parts'][number];
	return `${complete.serviceReferenceVariant} of ${party.role} at ${new Date(at).toISOString()}, ${complete.responseCode ?? 'no response'}${missing ? ', missing' : ''}`;
}
