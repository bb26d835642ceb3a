// Loads the last accuracy report and the version of the active cause table.
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { accuracy, causeTables } = locals.services;
	const [last, { active }] = await Promise.all([accuracy(), causeTables.list(locals.viewer!.userId)]);
	return { last, activeVersion: active.version };
};
