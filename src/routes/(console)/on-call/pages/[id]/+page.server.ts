// Loads one page of the person's Supplier.
import { error } from '@sveltejs/kit';
import { RecordId } from '#lib/domain/record-id.ts';
import * as messages from '#messages/pages.ts';
import type { PageServerLoad } from './$types';
import { supplierOf } from '../../../viewer-supplier.ts';

export const load: PageServerLoad = async ({ locals, params }) => {
	const id = RecordId.safeParse(params.id);
	const page = id.success ? await locals.services.pages.one(supplierOf(locals.viewer), id.data) : null;
	if (!page) error(404, messages.page_missing());
	return { page };
};
