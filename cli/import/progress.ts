// Shows how far an import is: a line that changes on a terminal, or a new line every ten seconds elsewhere.

const LINE_INTERVAL_MS = 10_000;
const LIVE_INTERVAL_MS = 200;

export type Progress = ReturnType<typeof createProgress>;

/** `sizeBytes`: the size of all files together; `null`: standard input is among them, so that nobody knows. */
export function createProgress(isQuiet: boolean, sizeBytes: number | null) {
	const isLive = process.stderr.isTTY;
	const began = performance.now();
	let shownAt = isLive ? -Infinity : began;
	let hasLiveLine = false;
	let records = 0;
	/** The bytes that this run does not send, because an earlier run sent them. */
	let skipped = 0;

	function clear(): void {
		if (hasLiveLine) process.stderr.write('\r\u001B[K');
		hasLiveLine = false;
	}
	function show(text: string): void {
		if (isQuiet) return;
		clear();
		process.stderr.write(isLive ? text.slice(0, (process.stderr.columns || 80) - 1) : `${text}\n`);
		hasLiveLine = isLive;
		shownAt = performance.now();
	}

	return {
		/** Prints a line for people on the standard error output, above the live line. */
		say(line: string): void {
			clear();
			console.error(line);
		},
		skip: (bytes: number) => void (skipped += bytes),
		/** Counts the records of a call, and shows the progress if it is time. `doneBytes`: of all files together. */
		sent(file: string, count: number, doneBytes: number): void {
			records += count;
			if (performance.now() - shownAt < (isLive ? LIVE_INTERVAL_MS : LINE_INTERVAL_MS)) return;
			const seconds = (performance.now() - began) / 1000;
			const parts = [
				`${file}: ${records.toLocaleString('en')} records sent`,
				`${Math.round(records / seconds).toLocaleString('en')} a second`
			];
			if (sizeBytes !== null && doneBytes > skipped) {
				const left = ((sizeBytes - doneBytes) / (doneBytes - skipped)) * seconds;
				parts.push(`${Math.floor((doneBytes / sizeBytes) * 100)} %`, `about ${duration(left)} left`);
			}
			show(parts.join(', '));
		},
		/** Says that the import waits before it sends a call again. */
		wait: (seconds: number, why: string): void => {
			if (isLive || seconds >= 1) show(`waiting ${Math.max(1, Math.round(seconds))} s: ${why}`);
		},
		end: clear
	};
}

const duration = (seconds: number): string =>
	seconds < 90
		? `${Math.ceil(seconds)} s`
		: seconds < 5400
			? `${Math.round(seconds / 60)} min`
			: `${(seconds / 3600).toFixed(1)} h`;
