// Sends one delivery (job deliver-page). The job takes a lease, sends without a transaction, and notes what came back.
// If the process ends in between, the lease runs out and another try follows. Each try has the same key, so that a
// receiver can tell a repeat.
import type { Outcome } from '#lib/server/on-call/channels/channel.ts';
import type { OpenedChannel, channelOpener } from '#lib/server/on-call/channels/channel-rows.ts';
import type { SendDeps } from '#lib/server/on-call/channels/send-deps.ts';
import { finish, nothingToDo, type PagingDeps } from '#lib/server/on-call/pages/after-commit.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { observeDelivery } from '#lib/server/process/worker-metrics.ts';
import { noteTry, overdueDeliveries, takeDelivery, type TakenDelivery } from './delivery-rows.ts';
import { noticeOf } from './notice.ts';

/** A worker that sends holds the delivery for this time, in seconds. It is longer than the limit of any channel. */
const LEASE_SECONDS = 30;

export interface DeliverDeps extends PagingDeps {
	openChannel: ReturnType<typeof channelOpener>;
	send: SendDeps;
	/** The lease of a delivery in seconds, for tests that end processes. */
	leaseSeconds?: number;
}

/** Sends a delivery if it is due and nobody else sends it. Returns the outcome; `null`: there was nothing to send. */
export async function deliver(deps: DeliverDeps, deliveryId: bigint): Promise<Outcome | null> {
	const ready = await inTransaction(deps.pool, async (client) => {
		const taken = await takeDelivery(client, deliveryId, deps.leaseSeconds ?? LEASE_SECONDS);
		return taken && { taken, channel: await deps.openChannel(client, taken.supplier_id, taken.channel) };
	});
	if (!ready) return null;
	const { taken, channel } = ready;
	const startedAt = new Date();
	const begin = performance.now();
	const outcome = await send(deps, taken, channel);
	const ms = Math.round(performance.now() - begin);
	const after = nothingToDo();
	const firstSent = await inTransaction(deps.pool, (client) =>
		noteTry(client, taken, { outcome, startedAt, ms }, after)
	);
	observeDelivery(taken.kind, outcome.state, firstSent);
	await finish(deps, after);
	return outcome;
}

async function send(deps: DeliverDeps, taken: TakenDelivery, channel: OpenedChannel): Promise<Outcome> {
	if ('problem' in channel) return { state: 'failed', status: null, error: channel.problem, again: false };
	try {
		return await channel.kind.send(channel.settings, noticeOf(taken, deps.send), deps.send);
	} catch (error) {
		// A channel returns its outcome. An error that it throws is a fault of Causeway, and its text may hold an address.
		const text = `Causeway failed to send (${(error as Error).name})`;
		return { state: 'failed', status: null, error: text, again: true };
	}
}

/** Enqueues the deliveries that wait although they are due, because their job was lost. Returns their number. */
export async function enqueueOverdueDeliveries({ pool, jobs }: PagingDeps): Promise<number> {
	const ids = await overdueDeliveries(pool);
	for (const id of ids) jobs.deliver(id);
	return ids.length;
}
