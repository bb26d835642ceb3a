// Defines a decision: a person's conclusion about an Alert, with a reason code. The machine never decides by itself: it
// applies the standing decisions that two people made in advance.
import { z } from 'zod';
import { ExplanationKind } from './explanation-kind.ts';
import { RowVersion } from './record-id.ts';

export const Verdict = z.enum(['actionable', 'ignorable']);
export type Verdict = z.infer<typeof Verdict>;

/** A reason code of a decision. `key` is the digit key that selects the reason in the reason strip. */
export interface ReasonCode {
	code: string;
	key: string;
	label: string;
	/** Whether the person must add a note. */
	noteRequired?: boolean;
	/**
	 * Whether the reason requires a candidate Service Request. The reason is refused for an Alert without a candidate.
	 */
	needsCandidate?: boolean;
}

export const REASONS: Record<Verdict, readonly ReasonCode[]> = {
	ignorable: [
		{
			code: 'other-user-command',
			key: '1',
			label: "expected effect of another User's command",
			needsCandidate: true
		},
		{ code: 'own-command', key: '2', label: 'expected effect of our own command', needsCandidate: true },
		{ code: 'known-incident', key: '3', label: 'known DCC or CSP incident', noteRequired: true },
		{ code: 'repeat', key: '4', label: 'repeat of an Alert already decided' },
		{ code: 'install', key: '5', label: 'Device in install, commission or exchange' },
		{ code: 'out-of-tenure', key: '6', label: 'out of our tenure: forward' },
		{ code: 'information', key: '7', label: 'information only' },
		{ code: 'unknown-code', key: '8', label: 'code not in our table' },
		{ code: 'other', key: '9', label: 'other', noteRequired: true }
	],
	actionable: [
		{ code: 'no-command', key: '1', label: 'no command explains it' },
		{ code: 'unexpected-user', key: '2', label: 'command seen, but User or role unexpected' },
		{ code: 'supply-safety', key: '3', label: 'supply or safety' },
		{ code: 'tamper', key: '4', label: 'physical tamper' },
		{ code: 'credential', key: '5', label: 'security credential or authority failure' },
		{ code: 'firmware', key: '6', label: 'firmware or configuration failure' },
		{ code: 'dcc-incident', key: '7', label: 'raise a DCC incident' },
		{ code: 'visit', key: '8', label: 'contact the customer or send a field visit' },
		{ code: 'other', key: '9', label: 'other', noteRequired: true }
	]
};

/**
 * The basis of a decision: the explanation that the person saw when deciding. Newer evidence is compared with the
 * basis.
 */
export const Basis = z.object({
	explanation: ExplanationKind,
	/** The RequestID of the suspect. `null` if the explanation named no suspect. */
	suspect: z.string().nullable()
});
export type Basis = z.infer<typeof Basis>;

/**
 * A decision as a Supplier reads it beside its Alert. `basis` is missing if the decision was stored without a basis.
 */
export const Decision = z.object({
	verdict: Verdict,
	reason: z.string(),
	note: z.string().nullable(),
	by: z.string(),
	at: z.string(),
	basis: Basis.optional(),
	/**
	 * The id of the standing decision that decided the Alert; absent: a person did. Two people have made the standing
	 * decision in advance, and later evidence that no longer fits it takes the decision back.
	 */
	standing: z.string().optional()
});
export type Decision = z.infer<typeof Decision>;

/** The fields of every decision that a client sends. `verdict: null` reopens the Alerts. */
export const DecisionFields = {
	verdict: Verdict.nullable(),
	reason: z.string().trim().max(40).nullish(),
	note: z.string().trim().max(2000).nullish()
};

/** A decision on one Alert as a client sends it. `version` is the version of the Alert that the person saw. */
export const DecisionIn = z.object({ ...DecisionFields, version: RowVersion }).superRefine(checkReason);

/** Several Alerts, each with the version that the person saw. */
export const AlertVersions = z
	.array(z.object({ id: z.string(), version: RowVersion }))
	.min(1)
	.max(500);
export const BulkDecisionIn = z.object({ items: AlertVersions, ...DecisionFields }).superRefine(checkReason);

/** The Alerts that a bulk call changed, and the Alerts that another person or new evidence changed first. */
export const DecisionResult = z.object({
	done: z.array(z.string()),
	conflicts: z.array(z.object({ id: z.string(), version: z.number().int().nullable() }))
});

/**
 * Adds an issue if the reason does not belong to the verdict, or if the reason requires a note and the note is missing.
 */
export function checkReason(
	input: { verdict: Verdict | null; reason?: string | null | undefined; note?: string | null | undefined },
	ctx: z.RefinementCtx
): void {
	if (input.verdict === null) return;
	const reasons = REASONS[input.verdict];
	const reason = reasons.find((r) => r.code === input.reason);
	if (!reason) {
		ctx.addIssue({
			code: 'custom',
			path: ['reason'],
			message: `must be one of ${reasons.map((r) => r.code).join(', ')}`
		});
	} else if (reason.noteRequired && !input.note) {
		ctx.addIssue({ code: 'custom', path: ['note'], message: `the reason "${reason.label}" needs a note` });
	}
}
