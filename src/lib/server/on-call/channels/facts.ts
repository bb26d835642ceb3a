// Lists the facts of a page that a message of a chat shows as a table: the Device, the area, the cause and so on.
import type { Notice } from './channel.ts';

export interface Fact {
	name: string;
	value: string;
}

export function factsOf({ page, content, why, answer }: Notice): Fact[] {
	const { alert, episode, cause, precedents } = content;
	const facts: Array<[name: string, value: string | null | undefined]> = [
		['Priority', String(page.priority)],
		['Alert', alert && `${alert.code} ${alert.name}`],
		['When', alert?.effectiveAt ?? episode?.firstAt],
		['Device', alert && [alert.deviceType, alert.deviceId].filter(Boolean).join(' ')],
		['Area', alert?.area],
		['Episode', episode && `${episode.alerts} Alerts on ${episode.devices} Devices`],
		[
			'Suspect',
			cause && `${cause.serviceReferenceVariant} ${cause.name} of a User in role ${cause.userRole}`
		],
		['Earlier decisions', precedents.text],
		['Sent because', why],
		['Answered by', answer?.by]
	];
	return facts.flatMap(([name, value]) => (value ? [{ name, value }] : []));
}

/** Returns the line that stands above a message: what happened to the page. */
export function titleOf({ type, content, answer }: Notice): string {
	if (type === 'acknowledged') return `Acknowledged${answer ? ` by ${answer.by}` : ''}: ${content.headline}`;
	if (type === 'resolved') return `Resolved${answer ? ` by ${answer.by}` : ''}: ${content.headline}`;
	if (type === 'updated') return `Update: ${content.headline}`;
	return content.headline;
}
