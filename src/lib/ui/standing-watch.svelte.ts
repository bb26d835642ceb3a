// Keeps what the desk shows of standing decisions: how many Alerts they decided, and for which Alerts a person may
// propose one.
import { callApi } from './call-api.ts';

const READ_EVERY_MS = 30_000;

export interface StandingOffer {
	/** Whether the person may propose, activate and end standing decisions. */
	mayManage: boolean;
	/** The Alert codes and the categories that no standing decision covers. */
	neverCovered: { codes: readonly string[]; categories: readonly string[] };
}

export class StandingWatch {
	/** The number of Alerts that standing decisions decided in the last 24 hours. `null`: not known yet. */
	decidedLastDay = $state<number | null>(null);
	readonly mayManage: boolean;
	readonly neverCovered: StandingOffer['neverCovered'];

	constructor({ mayManage, neverCovered }: StandingOffer) {
		this.mayManage = mayManage;
		this.neverCovered = neverCovered;
	}

	start(): () => void {
		let timer: ReturnType<typeof setTimeout> | undefined;
		let isStopped = false;
		const read = async (): Promise<void> => {
			const answer = await callApi('/desk', (body) => (body as { standing: number }).standing, {
				method: 'GET'
			});
			if (isStopped) return;
			if (answer.ok) this.decidedLastDay = answer.value;
			timer = setTimeout(() => void read(), READ_EVERY_MS);
		};
		void read();
		return () => {
			isStopped = true;
			clearTimeout(timer);
		};
	}
}
