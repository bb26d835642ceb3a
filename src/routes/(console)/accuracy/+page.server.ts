// Loads the last accuracy report and the version of the active cause table.
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { accuracy, causeTables } = locals.services;
	const { userId, name, supplierId } = locals.viewer!;
	const [last, { active }] = await Promise.all([
		accuracy(),
		causeTables.list({ id: userId, name, supplierId })
	]);
	return { last, activeVersion: active.version };
};
