// Loads the Devices whose Alerts no Supplier sees.
import { Eui64 } from '#lib/domain/eui64.ts';
import type { PageServerLoad } from './$types';

/** The number of Devices that a page shows. */
const PAGE_SIZE = 50;

export const load: PageServerLoad = async ({ locals, url }) => {
	const cursor = Eui64.safeParse(url.searchParams.get('after'));
	const after = cursor.success ? cursor.data : null;
	const unknown = await locals.services.unknownDevices.page({ limit: PAGE_SIZE, cursor: after });
	return { unknown, after };
};
