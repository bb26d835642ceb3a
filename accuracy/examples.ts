// Some of what was not as it should be, so that a figure can be followed to the Alert behind it.
import type { Alert } from '#lib/domain/alert.ts';
import type { Sent } from './ledger.ts';
import { isAsItShouldBe, type Said } from './score.ts';
import type { Truth } from './truth.ts';

export interface Example {
	alert: string;
	mechanism: string;
	code: string;
	truth: string;
	/** The SRVs that did it, and when by true time. */
	because: string[];
	said: string;
	best: string | null;
	/** How the true request, where it is not a candidate, was excluded. */
	excludedFor: string | null;
	raisedAt: string | null;
	receivedAt: string;
}

/** How many Alerts of one mechanism and one kind of explanation are shown. */
const MOST = 3;

export function examplesOf(
	pairs: ReadonlyArray<[Truth, Said & Alert]>,
	sent: ReadonlyMap<string, Sent>
): Example[] {
	const seen = new Map<string, number>();
	return pairs
		.filter(([truth, said]) => !isAsItShouldBe(truth, said))
		.filter(([truth, said]) => {
			const group = `${truth.mechanism} ${truth.kind} ${said.explanation}`;
			const count = (seen.get(group) ?? 0) + 1;
			seen.set(group, count);
			return count <= MOST;
		})
		.map(([truth, said]) => {
			const [best] = said.candidates;
			const excluded = said.excluded.find(({ requestId }) => truth.requests.includes(requestId));
			return {
				alert: `${truth.viewer} ${truth.messageId}`,
				mechanism: truth.mechanism,
				code: truth.code,
				truth: `${truth.kind}${truth.missing ? ', record missing' : ''}${truth.hidden ? ', hidden by tenure' : ''}`,
				because: truth.requests.map((id) => describe(sent.get(id)!)),
				said: said.explanation,
				best: best
					? `${best.tier} ${best.serviceReferenceVariant} of ${best.userRole}, ${best.deltaSeconds} s after ${best.anchor}, ${best.responseCode ?? 'no response'}`
					: null,
				excludedFor: excluded ? `${excluded.reason}: ${excluded.text}` : null,
				raisedAt: said.raisedAt,
				receivedAt: said.receivedAt
			};
		});
}

function describe({ party, at, parts, missing }: Sent): string {
	const whole = Object.assign({}, ...parts) as Sent['parts'][number];
	return `${whole.serviceReferenceVariant} of ${party.role} at ${new Date(at).toISOString()}, ${whole.responseCode ?? 'no response'}${missing ? ', missing' : ''}`;
}
