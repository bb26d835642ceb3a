// A what-if while it runs: it is asked for until it has come to its end.
import type { WhatIf } from '#lib/domain/cause-table/what-if.ts';
import { readWhatIf } from '#lib/ui/cause-table-api.ts';

/** How often a running replay is asked for (ms). */
const PAUSE = 700;

export class FollowedWhatIf {
	current = $state.raw<WhatIf | null>(null);

	constructor(known: WhatIf | null) {
		this.current = known;
		$effect(() => {
			const running = this.current;
			if (running?.state !== 'waiting' && running?.state !== 'running') return;
			const timer = setTimeout(async () => {
				const answer = await readWhatIf(running.version);
				if (this.current !== running) return;
				// A server that does not answer is asked again: what runs goes on without us.
				this.current = answer.ok ? answer.value : { ...running };
			}, PAUSE);
			return () => clearTimeout(timer);
		});
	}
}
