// What the person who waits sees: one line that is redrawn on a terminal, plain lines elsewhere.

const WIDTH = 24;
const REDRAW_MS = 100;
/** How often a step tells where it is, where lines are plain. */
const LINE_MS = 15_000;

export interface Step {
	name: string;
	/** About how long it takes, in seconds: its share of the bar. */
	seconds: number;
}

export type Progress = ReturnType<typeof createProgress>;

export function createProgress(
	steps: readonly Step[],
	out: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'> = process.stdout
) {
	const began = performance.now();
	const total = steps.reduce((sum, { seconds }) => sum + seconds, 0);
	let past = 0;
	let current: Step | undefined;
	let share = 0;
	let drawn = -Infinity;
	let told = 0;
	const seconds = (): string => ((performance.now() - began) / 1000).toFixed(1).padStart(6);
	const erase = (): void => void (out.isTTY && out.write('\r\x1b[2K'));

	function draw(): void {
		if (!out.isTTY || !current) return;
		drawn = performance.now();
		const done = Math.min(1, (past + share * current.seconds) / total);
		const filled = Math.round(done * WIDTH);
		const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
		const text = `bench [${seconds()} s] ${bar} ${Math.floor(100 * done)
			.toString()
			.padStart(3)} %  ${current.name} ${Math.floor(100 * share)} %`;
		out.write(`\r\x1b[2K${text.slice(0, (out.columns || 100) - 1)}`);
	}

	/** A line that stays. */
	function say(text: string): void {
		erase();
		out.write(`bench [${seconds()} s] ${text}\n`);
		draw();
	}

	return {
		say,
		begin(step: Step): void {
			[current, share, told] = [step, 0, performance.now()];
			draw();
		},
		/** How far the current step is. */
		at(done: number, of: number): void {
			share = of > 0 ? Math.min(1, done / of) : 0;
			const now = performance.now();
			if (out.isTTY) {
				if (now - drawn >= REDRAW_MS) draw();
			} else if (now - told >= LINE_MS) {
				told = now;
				say(`${current?.name}: ${Math.floor(100 * share)} %`);
			}
		},
		end(): void {
			past += current?.seconds ?? 0;
			share = 0;
		},
		close(): void {
			erase();
			current = undefined;
		}
	};
}
