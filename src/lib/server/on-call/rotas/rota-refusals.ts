// Says why a rota cannot be saved: people who cannot be on call, and hours that nobody covers.
import type { FieldError } from '#lib/domain/field-errors.ts';
import type { RotaGap } from '#lib/domain/on-call/rota-gaps.ts';

/** A refused call: its status, and a sentence that says what happened and what to do. */
export interface RotaRefusal {
	refused: 403 | 404 | 409 | 422;
	why: string;
	errors?: FieldError[];
	gaps?: RotaGap[];
}

/** The greatest number of gaps that a sentence names. The answer lists all. */
const MOST_NAMED = 7;

export const NO_SUCH_ROTA: RotaRefusal = {
	refused: 404,
	why: 'There is no rota of this name; GET /api/v1/on-call/rotas lists them'
};

export const unknownPeople = (emails: readonly string[], errors: FieldError[]): RotaRefusal => ({
	refused: 422,
	why: `These people cannot be on call, because no active person of your Supplier who may decide has the address: ${emails.join(', ')}. GET /api/v1/on-call/people lists who can`,
	errors
});

export function uncovered(gaps: RotaGap[]): RotaRefusal {
	const named = gaps.slice(0, MOST_NAMED).map(({ local, from, to, times }) => {
		const often = times > 1 ? `, ${times} times` : '';
		return `${local}, in UTC ${inMinutes(from)} to ${inMinutes(to)}${often}`;
	});
	const more = gaps.length > named.length ? `; and ${gaps.length - named.length} more` : '';
	return {
		refused: 422,
		why: `Nobody would be on call in these hours: ${named.join('; ')}${more}. Cover them with a layer or an override, and save again`,
		gaps
	};
}

/** Writes an instant as `2026-11-02 09:00`. */
const inMinutes = (at: string): string => at.slice(0, 16).replace('T', ' ');
