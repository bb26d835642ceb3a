// Defines an explanation as facts: requests, codes and numbers, without sentences. The database stores these facts.
// reason-text.ts writes their sentences.
import type { Candidate, Excluded } from '../alert.ts';
import type { Cause } from '../cause-table/cause-table.ts';

/** How an Alert names the command of a candidate. */
export type Naming =
	| 'request-id'
	| 'counter'
	/** The counter fits, and the Alert does not name the User. */
	| 'counter-without-user'
	/** The requests of several Users have the counter. */
	| 'shared-counter';

/** Why a request is a candidate. */
export type Basis =
	| { code: 'named'; by: Naming }
	/** `rule`: the id of the cause in the cause table. */
	| { code: 'rule'; rule: string }
	| { code: 'learned'; withinSeconds: number }
	| { code: 'time-only' };

/** A reason for or against a candidate beside its basis. */
export type FurtherReason =
	/** `target`: the type of the Device to which the request went; `null`: it is not known. */
	| { code: 'same-hub'; target: string | null }
	| { code: 'relayed' }
	| { code: 'circumstantial' }
	| { code: 'condition-not-met'; condition: ConditionKind }
	/** `variant`: the SRV of the command that succeeded. */
	| { code: 'user-succeeded'; variant: string };

export type ConditionKind = NonNullable<Cause['condition']>['kind'];

/** Instants are epoch ms; `null`: not known. */
export interface CandidateFacts extends Omit<
	Candidate,
	'name' | 'reasons' | 'requestedAt' | 'executeAt' | 'respondedAt'
> {
	requestedAt: number | null;
	executeAt: number | null;
	respondedAt: number | null;
	basis: Basis;
	further: FurtherReason[];
}

/** Why a request is excluded. The codes are part of the API. */
export type Exclusion =
	| { reason: 'never-reached-device'; responseCode: string }
	| { reason: 'not-a-known-cause' }
	| { reason: 'role-not-eligible' }
	/** `maxSeconds`: the end of the window of the cause; `null`: the cause table has no entry for the Alert. */
	| { reason: 'outside-window'; deltaMs: number; maxSeconds: number | null }
	| { reason: 'succeeded'; responseCode: string }
	| { reason: 'failed'; responseCode: string }
	| { reason: 'read-succeeded'; responseCode: string }
	| { reason: 'condition-not-met'; condition: ConditionKind }
	| { reason: 'not-named' }
	| { reason: 'no-command-can' };

export interface ExcludedFacts extends Omit<Excluded, 'name' | 'deltaSeconds' | 'reason' | 'text'> {
	/** The seconds from the request to the Alert. */
	deltaSeconds: number;
	exclusion: Exclusion;
}

/** A note beside an explanation. */
export type Note =
	/** The note on the progress of the command that the Alert names. */
	| { code: 'command-outcome' }
	| { code: 'before-supply' }
	| { code: 'unreliable-clock' }
	| { code: 'throttled' }
	| { code: 'unknown-command' }
	/** `variant`: the SRV that the DCC issues under its own counter. */
	| { code: 'issued-by-dcc'; variant: string };

export interface ExplanationFacts {
	candidates: CandidateFacts[];
	excluded: ExcludedFacts[];
	notes: Note[];
	/** The name of the entry of the cause table that explains the Alert; `null`: the table has none. */
	entry: string | null;
}
