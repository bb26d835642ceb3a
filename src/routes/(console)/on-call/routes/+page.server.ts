// Loads the routes, and the rotas and channels that a route may name.
import { whyNot } from '#lib/domain/access.ts';
import { deviceAlertTable, dccAlertTable } from '#lib/domain/alert-code.ts';
import { supplierOf } from '../../viewer-supplier.ts';
import type { PageServerLoad } from './$types';

const CATEGORIES = [
	...new Set([
		...deviceAlertTable.codes.map(({ category }) => category),
		...dccAlertTable.payloads.map(({ category }) => category),
		'unknown'
	])
].sort();

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('causeway:on-call');
	const { services, viewer } = locals;
	const supplierId = supplierOf(viewer);
	const [routes, rotas, channels] = await Promise.all([
		services.onCallRoutes.list(supplierId),
		services.rotas.list(supplierId),
		services.channels.list({ supplierId, mayManage: false })
	]);
	return {
		routes,
		rotas: rotas.items.map(({ name }) => name),
		channels: channels.map(({ name }) => name),
		categories: CATEGORIES,
		whyNotManage: whyNot('manage', { ...viewer!, scopes: [] })
	};
};
