// Follows a running what-if: asks the server for the progress until the what-if ends.
import type { WhatIf } from '#lib/domain/cause-table/what-if.ts';
import { readWhatIf } from '#lib/ui/cause-table-api.ts';

/** How often the browser asks for the progress (ms). */
const POLL_MS = 700;

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
				// If the server does not answer, the browser asks again, because the what-if runs on without this page.
				this.current = answer.ok ? answer.value : { ...running };
			}, POLL_MS);
			return () => clearTimeout(timer);
		});
	}
}
