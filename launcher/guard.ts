// Starts guard.cjs, which stops PostgreSQL and Redis if the launcher is killed.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

export interface Guard {
	watch(pid: number, signal: NodeJS.Signals): void;
	release(pid: number): void;
	/** Ends the guard process. Call `dismiss` when all guarded processes have stopped. */
	dismiss(): void;
}

/** Starts the guard process, and starts it again if it is killed. */
export function startGuard(): Guard {
	const guarded = new Map<number, NodeJS.Signals>();
	let isDismissed = false;
	let child: ChildProcessByStdio<Writable, null, null>;
	const watch = (pid: number, signal: NodeJS.Signals) => void child.stdin.write(`+${pid} ${signal}\n`);

	function begin(): void {
		child = spawn(process.execPath, [join(import.meta.dirname, 'guard.cjs')], {
			stdio: ['pipe', 'ignore', 'ignore'],
			detached: true
		});
		child.stdin.on('error', () => {});
		child.once('exit', () => isDismissed || setTimeout(begin, 250).unref());
		child.unref();
		for (const [pid, signal] of guarded) watch(pid, signal);
	}

	begin();
	return {
		watch(pid, signal) {
			guarded.set(pid, signal);
			watch(pid, signal);
		},
		release(pid) {
			guarded.delete(pid);
			child.stdin.write(`-${pid}\n`);
		},
		dismiss() {
			isDismissed = true;
			child.kill('SIGKILL');
		}
	};
}
