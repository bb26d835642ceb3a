// Defines a standing decision: a decision of two people in advance about all Alerts that fit its conditions. This file
// says which conditions are allowed, and which Alerts no standing decision ever covers.
import { z } from 'zod';
import type { Alert } from '../alert.ts';
import { describeAlert, whyNotCommand } from '../alert-code.ts';
import type { CauseTable } from '../cause-table/cause-table.ts';
import { Verdict, checkReason, REASONS } from '../decision.ts';
import { Instant } from '../eui64.ts';
import { namesSuspect } from '../explanation-kind.ts';
import type { FieldError } from '../field-errors.ts';

/** The longest time that a standing decision lasts (days). */
export const MAX_DAYS = 90;
const DAY_MS = 86_400_000;

const TEXT_RULE = 'must be a text of 1 to 80 characters';
const text = z
	.string(TEXT_RULE)
	.trim()
	.min(1, TEXT_RULE)
	.max(80, TEXT_RULE)
	.regex(/^[^\0]*$/, 'must not have a NUL character');

/** The conditions on the suspect, which only an explained Alert has. */
const SUSPECT_FIELDS = ['serviceReferenceVariant', 'userRole', 'own', 'responseCode'] as const;

/** The conditions of a standing decision. An Alert fits if it meets all of them; an absent condition lets all through. */
export const StandingWhen = z
	.strictObject({
		code: z
			.string()
			.trim()
			.regex(/^(0x)?[0-9A-Za-z]{2,8}$/, 'must be an Alert code such as 8F30, N24 or AD1')
			.overwrite((code) => code.replace(/^0x/i, '').toUpperCase()),
		explanation: z.enum(['exact', 'likely', 'not-command', 'unexplained']),
		/** The SRV of the suspect. */
		serviceReferenceVariant: text.optional(),
		/** The role of the User that sent the suspect. */
		userRole: text.optional(),
		/** Whether the Supplier itself sent the suspect. */
		own: z.boolean().optional(),
		/** The response code of the suspect, such as I0 or E21. */
		responseCode: text.optional(),
		deviceType: text.optional(),
		area: text.optional()
	})
	.superRefine((when, ctx) => {
		if (namesSuspect(when.explanation)) return;
		for (const field of SUSPECT_FIELDS)
			if (when[field] !== undefined)
				ctx.addIssue({
					code: 'custom',
					path: [field],
					message: 'is a condition on the suspect: leave it out, or choose the explanation exact or likely'
				});
	})
	.meta({ id: 'StandingWhen' });
export type StandingWhen = z.infer<typeof StandingWhen>;

/** A standing decision as a person proposes it. */
export const StandingDecisionIn = z
	.object({
		when: StandingWhen,
		verdict: Verdict,
		reason: z.string().trim().max(40),
		note: z.string().trim().max(2000).nullish(),
		expiresAt: Instant
	})
	.superRefine((input, ctx) => {
		checkReason(input, ctx);
		const reason = REASONS[input.verdict].find(({ code }) => code === input.reason);
		if (reason?.needsCandidate && !namesSuspect(input.when.explanation))
			ctx.addIssue({
				code: 'custom',
				path: ['reason'],
				message: `the reason "${reason.label}" needs a suspect: choose the explanation exact or likely`
			});
	})
	.meta({ id: 'StandingDecisionIn' });
export type StandingDecisionIn = z.infer<typeof StandingDecisionIn>;

/** Returns what is wrong with the end of a standing decision that is proposed at `now` (epoch ms); `null`: nothing. */
export function endFault(expiresAt: string, now: number): FieldError | null {
	const end = Date.parse(expiresAt);
	if (end <= now) return { path: 'expiresAt', message: 'must be in the future' };
	if (end > now + MAX_DAYS * DAY_MS)
		return { path: 'expiresAt', message: `must be within ${MAX_DAYS} days; propose it again when it ends` };
	return null;
}

/**
 * The categories that a standing decision never covers, each with the reason. They are what the guard of the
 * explanations protects: somebody touched the Device, the home lost its supply, or the meter is broken.
 */
const NEVER_COVERED: Readonly<Record<string, string>> = {
	tamper: 'physical tamper',
	supply: 'supply',
	power: 'loss or return of supply',
	fault: 'a metrology, wiring or hardware fault',
	gas: 'a fault of a gas meter'
};

/** The categories that no standing decision covers, for statements over stored Alerts. */
export const NEVER_COVERED_CATEGORIES: readonly string[] = Object.keys(NEVER_COVERED);

/**
 * Says why no standing decision may cover such an Alert; `null`: a standing decision may. A code that no command can
 * cause (the guard) is covered at most as `not-command`: no Service Request near it ever explains it away. A sender may
 * name a kind of Alert that the code does not belong to, so the code counts in both tables of codes.
 */
export function whyNeverCovered(
	{ code, category, explanation }: Pick<Alert, 'code' | 'category' | 'explanation'>,
	table: CauseTable
): string | null {
	const kinds = ['device', 'dcc'] as const;
	const descriptions = kinds.map((kind) => describeAlert({ kind, code }));
	const categories = [
		...descriptions.map(({ category, physical }) => (physical ? 'tamper' : category)),
		category
	];
	const protectedBy = categories.map((name) => NEVER_COVERED[name]).find((why) => why !== undefined);
	if (protectedBy) return `${code} is about ${protectedBy}: a person decides each of these Alerts`;
	if (explanation !== 'not-command' && kinds.some((kind) => whyNotCommand({ kind, code }, table) !== null))
		return `${code} is a guard code: no command can cause it, so no Service Request explains it away. A person decides each of these Alerts`;
	return null;
}

/** Returns the refusal of conditions that no standing decision may have; `null`: they are allowed. */
export function whenFault({ code, explanation }: StandingWhen, table: CauseTable): FieldError | null {
	const message = whyNeverCovered({ code, category: '', explanation }, table);
	return message === null ? null : { path: 'when.code', message };
}
