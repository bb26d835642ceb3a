// Stops PostgreSQL and Redis when the launcher ends, even by SIGKILL. The standard input of the guard is a pipe from
// the launcher, and the pipe closes when the launcher ends. Lines on the pipe: `+PID SIGNAL` guards a process, `-PID`
// releases a process.
'use strict';
const guarded = new Map();
let pending = '';

process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => {});
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
	pending += text;
	const lines = pending.split('\n');
	pending = lines.pop();
	for (const line of lines) {
		const [pid, signal] = line.slice(1).split(' ');
		if (line[0] === '+') guarded.set(Number(pid), signal);
		else guarded.delete(Number(pid));
	}
});
process.stdin.on('end', () => {
	// The web and worker processes end by themselves when the launcher ends. The wait of one second lets both processes
	// finish their last commit.
	setTimeout(
		() => {
			for (const [pid, signal] of guarded) end(pid, signal);
			setTimeout(() => {
				for (const pid of guarded.keys()) end(pid, 'SIGKILL');
			}, 15000).unref();
		},
		guarded.size > 0 ? 1000 : 0
	);
});

function end(pid, signal) {
	try {
		process.kill(pid, signal);
	} catch {
		guarded.delete(pid);
	}
}
