// Runs the programs that set-up needs, prints its lines, and ends them all at a signal.
'use strict';
const { spawn, spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');

const root = path.resolve(__dirname, '..');
const mode = process.argv[2] || 'test';
const quiet = process.argv.includes('--quiet');

function say(line) {
	(quiet ? process.stderr : process.stdout).write('set-up: ' + line + '\n');
}
function fail(line) {
	process.stderr.write('set-up: ' + line + '\n');
	process.exit(1);
}
function capture(command, args, options) {
	const result = spawnSync(command, args, Object.assign({ cwd: root, encoding: 'utf8' }, options));
	return result.status === 0 ? result.stdout : '';
}
/** The program that `run` has started, so that a signal to set-up ends the program and its children too. */
let running = null;

/**
 * Runs a program to its end, and returns whether it succeeded. The program has a process group of its own, so that a
 * signal can end it with all its children.
 */
function run(command, args, options) {
	const stdio = quiet ? ['ignore', 2, 2] : ['ignore', 'inherit', 'inherit'];
	return new Promise(function (done) {
		running = spawn(command, args, Object.assign({ cwd: root, stdio: stdio, detached: true }, options));
		running.once('error', function () {
			done(false);
		});
		running.once('exit', function (code) {
			running = null;
			done(code === 0);
		});
	});
}

/**
 * Ends set-up and the program that it runs at the first signal. Set-up ends by the signal itself, so that npm ends too,
 * without a message and without the script that set-up precedes. `release` gives back what set-up holds.
 */
function stopAtSignals(release) {
	function stop(signal) {
		endProgram();
		release();
		say('stopped; the next start continues');
		process.removeAllListeners(signal);
		process.kill(process.pid, signal);
	}
	// A Ctrl-C comes twice, from the terminal and from npm. With `once`, the second one would end set-up before its program.
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
}
function endProgram() {
	if (!running || !running.pid) return;
	try {
		// apt-get finishes its step on SIGTERM, because a killed apt-get leaves the package database locked.
		process.kill(-running.pid, /apt-get$/.test(running.spawnfile) ? 'SIGTERM' : 'SIGKILL');
	} catch {
		// The program has just ended.
	}
}
function which(names) {
	const folders = (process.env.PATH || '')
		.split(path.delimiter)
		.concat(['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']);
	for (const name of names)
		for (const folder of folders) {
			const file = path.join(folder, name);
			try {
				fs.accessSync(file, fs.constants.X_OK);
				if (fs.statSync(file).isFile()) return file;
			} catch {
				continue;
			}
		}
	return null;
}

module.exports = { capture, fail, mode, quiet, root, run, say, stopAtSignals, which };
