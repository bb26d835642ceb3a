// Serves the pushes of the signed-in person: the public key, the browsers that get pushes, and a test push.
import { z } from 'zod';
import { PushDevice, PushSubscriptionIn } from '#lib/domain/on-call/push.ts';
import { headersOf, requirePerson, requireSupplier } from '#lib/server/access/caller.ts';
import type { Auth } from '#lib/server/access/auth.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Call, Caller, Route } from '#lib/server/http/route.ts';
import type { SendDeps } from '../send-deps.ts';
import { describeAgent } from './agent.ts';
import type { Owner } from './push-devices.ts';
import { testPush } from './web-push.ts';

interface PushServices {
	auth: Pick<Auth, 'viewerOf'>;
	sendDeps: SendDeps;
}

const PushTest = z.object({ accepted: z.literal(true) });

export const pushRoutes: ReadonlyArray<Route<PushServices>> = [
	{
		method: 'GET',
		path: '/on-call/push/key',
		scope: 'read',
		summary: 'Read the public key to which a browser binds its subscription for pushes',
		gives: z.object({ key: z.string() }),
		handle: async ({ services }) => ({
			status: 200,
			body: { key: (await services.sendDeps.pushes.key()).publicKey }
		})
	},
	{
		method: 'GET',
		path: '/on-call/push/subscriptions',
		scope: 'read',
		summary: 'List the browsers that get the pushes of the signed-in person',
		gives: z.object({ items: z.array(PushDevice) }),
		handle: async ({ services, caller }) => ({
			status: 200,
			body: { items: await services.sendDeps.pushes.list(ownerOf(caller)) }
		})
	},
	{
		method: 'POST',
		path: '/on-call/push/subscriptions',
		scope: 'read',
		succeeds: [201],
		refuses: [409],
		summary: 'Send the pushes of the signed-in person to this browser as well',
		takes: jsonBody(PushSubscriptionIn),
		gives: PushDevice,
		async handle({ services, caller, body, req }) {
			const owner = ownerOf(caller);
			const subscription = parse(PushSubscriptionIn, readJson(body));
			const agent = describeAgent(req.headers['user-agent'] ?? '');
			const device = await services.sendDeps.pushes.add(owner, subscription, agent);
			if (device === 'too-many')
				throw new Problem(409, 'You have 20 browsers with pushes; turn pushes off in one of them first');
			if (device === 'taken')
				throw new Problem(
					409,
					'This browser gets the pushes of a person of another Supplier; turn pushes off and on again in this browser'
				);
			return { status: 201, body: device };
		}
	},
	{
		method: 'DELETE',
		path: '/on-call/push/subscriptions/{id}',
		scope: 'read',
		succeeds: [204],
		summary: 'Send no more pushes to a browser of the signed-in person',
		async handle({ services, caller, params }) {
			const id = /^\d{1,9}$/.test(params['id']!) ? Number(params['id']) : 0;
			if (!(await services.sendDeps.pushes.remove(ownerOf(caller), id)))
				throw new Problem(404, 'None of your browsers has this id');
			return { status: 204 };
		}
	},
	{
		method: 'POST',
		path: '/on-call/push/test',
		scope: 'read',
		refuses: [422],
		summary: 'Send a test push to every browser of the signed-in person',
		gives: PushTest,
		handle: sendTest
	}
];

async function sendTest({ services, caller, req }: Call<PushServices>) {
	const owner = ownerOf(caller);
	const { email, name, supplierSlug, supplierName } = (await services.auth.viewerOf(headersOf(req)))!;
	const outcome = await testPush(
		{
			recipient: { userId: owner.userId, name, email },
			supplier: { id: owner.supplierId, slug: supplierSlug!, name: supplierName! }
		},
		services.sendDeps
	);
	if (outcome.state === 'failed') throw new Problem(422, `The test push was not sent: ${outcome.error}`);
	return { status: 200, body: { accepted: true } };
}

const ownerOf = (caller: Caller): Owner => ({
	supplierId: requireSupplier(caller),
	userId: requirePerson(caller, 'browser that gets pushes')
});
