// Shows the progress of a run: one line with a bar that is redrawn on a terminal, plain lines elsewhere.
import { sum } from './figures.ts';

const BAR_WIDTH = 24;
const REDRAW_INTERVAL_MS = 100;
/** Milliseconds between two plain lines about the progress of the current task. */
const LINE_INTERVAL_MS = 15_000;

/** Reports how far a task is: `done` of `total`, in any unit. */
export type OnProgress = (done: number, total: number) => void;

export interface TimedTask {
	name: string;
	/** The estimated duration, which determines the share of the task on the progress bar. */
	expectedSeconds: number;
}

export type Progress = ReturnType<typeof createProgress>;

export function createProgress(
	tasks: readonly TimedTask[],
	out: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'> = process.stdout
) {
	const beganMs = performance.now();
	const totalSeconds = sum(tasks.map(({ expectedSeconds }) => expectedSeconds));
	let finishedSeconds = 0;
	let current: TimedTask | undefined;
	let share = 0;
	let drawnMs = -Infinity;
	let lastLineMs = 0;
	const seconds = (): string => ((performance.now() - beganMs) / 1000).toFixed(1).padStart(6);
	const erase = (): void => void (out.isTTY && out.write('\r\x1b[2K'));

	function draw(): void {
		if (!out.isTTY || !current) return;
		drawnMs = performance.now();
		const done = Math.min(1, (finishedSeconds + share * current.expectedSeconds) / totalSeconds);
		const filled = Math.round(done * BAR_WIDTH);
		const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
		const text = `bench [${seconds()} s] ${bar} ${Math.floor(100 * done)
			.toString()
			.padStart(3)} %  ${current.name} ${Math.floor(100 * share)} %`;
		out.write(`\r\x1b[2K${text.slice(0, (out.columns || 100) - 1)}`);
	}

	/** Prints a line that the progress bar does not overwrite. */
	function say(text: string): void {
		erase();
		out.write(`bench [${seconds()} s] ${text}\n`);
		draw();
	}

	return {
		say,
		begin(task: TimedTask): void {
			[current, share, lastLineMs] = [task, 0, performance.now()];
			draw();
		},
		/** Shows how far the current task is. */
		update(done: number, total: number): void {
			share = total > 0 ? Math.min(1, done / total) : 0;
			const now = performance.now();
			if (out.isTTY) {
				if (now - drawnMs >= REDRAW_INTERVAL_MS) draw();
			} else if (now - lastLineMs >= LINE_INTERVAL_MS) {
				lastLineMs = now;
				say(`${current?.name}: ${Math.floor(100 * share)} %`);
			}
		},
		end(): void {
			finishedSeconds += current?.expectedSeconds ?? 0;
			share = 0;
		},
		close(): void {
			erase();
			current = undefined;
		}
	};
}
