// Loads who is on call, and whether the Supplier has a rota, a channel and a route yet.
import { whyNot } from '#lib/domain/access.ts';
import { shippedRoutes } from '#lib/domain/on-call/shipped-routes.ts';
import { supplierOf } from '../viewer-supplier.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('causeway:on-call');
	const { services, viewer } = locals;
	const supplierId = supplierOf(viewer);
	const [now, rotas, channels, routes] = await Promise.all([
		services.rotas.allOnCall(supplierId),
		services.rotas.list(supplierId),
		services.channels.list({ supplierId, mayManage: false }),
		services.onCallRoutes.list(supplierId)
	]);
	const names = new Set(routes.map(({ name }) => name));
	const usual = shippedRoutes(
		rotas.items[0]?.name ?? null,
		channels.map(({ name }) => name)
	);
	return {
		onCall: now.items.map((turn) => ({
			...turn,
			timeZone: rotas.items.find(({ name }) => name === turn.rota)?.timeZone ?? 'UTC',
			hasRoute: routes.some(({ enabled, rota }) => enabled && rota === turn.rota)
		})),
		setUp: { rotas: rotas.items.length, channels: channels.length, routes: routes.length },
		usual: usual.filter(({ name }) => !names.has(name)),
		whyNotManage: whyNot('manage', { ...viewer!, scopes: [] })
	};
};
