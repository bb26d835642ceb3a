// Limits how long a process waits for work that may never end.

/** Resolves when `work` has succeeded or failed, or after `ms` milliseconds. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
	await Promise.race([
		work.then(
			() => {},
			() => {}
		),
		limit
	]);
	clearTimeout(timer);
}
