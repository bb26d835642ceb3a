// Publishes Alerts that people changed, after the commit, in frames that a browser handles easily.
import type { Alert } from '#lib/domain/alert.ts';
import type { AlertReader } from '#lib/server/feed/alert-reader.ts';
import type { LiveMessage } from '#lib/server/live/live-channel.ts';
import type { Changed } from './exact-change.ts';

const ALERTS_PER_FRAME = 500;

export interface PublishDeps {
	alerts: Pick<AlertReader, 'many'>;
	publish(messages: LiveMessage[]): Promise<void>;
}

/** Publishes the changed Alerts, and returns them. `decided`: the change was a decision. */
export async function publishChanged(
	{ alerts, publish }: PublishDeps,
	supplierId: number,
	{ done, from, to }: Pick<Changed, 'done' | 'from' | 'to'>,
	{ decided = false } = {}
): Promise<Alert[]> {
	const changed = await alerts.many(supplierId, done);
	for (let i = 0; i < changed.length; i += ALERTS_PER_FRAME) {
		const part = changed.slice(i, i + ALERTS_PER_FRAME);
		const last = i + ALERTS_PER_FRAME < changed.length ? from + i + part.length - 1 : to;
		const messages: LiveMessage[] = [
			{ event: 'alert:changed', supplierId, data: { from: from + i, to: last, items: part, retracted: [] } }
		];
		const items = part.map(({ id, version, decision }) => ({ id, version, decision }));
		if (decided) messages.push({ event: 'decision:recorded', supplierId, data: { items } });
		await publish(messages);
	}
	return changed;
}
