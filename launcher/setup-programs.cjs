// Installs what set-up misses on the machine: Redis, Chromium for tests, an Alertmanager for tests and the benchmark, and
// `sec` for the benchmark.
'use strict';
const fs = require('fs');
const path = require('path');
const { capture, fail, root, run, say, which } = require('./setup-run.cjs');

const isRoot = typeof process.getuid === 'function' && process.getuid() === 0;

function versionOf(program) {
	const match = /v=(\d+)\.(\d+)/.exec(capture(program, ['--version']));
	return match ? Number(match[1]) + Number(match[2]) / 100 : 0;
}

async function redis() {
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
		if (await run('brew', ['install', 'redis'])) return;
	} else if ((await unpackDebian('redis-server', unpacked)) && works()) return;
	fail(
		'no Redis 7 or newer found. Install redis-server (or valkey-server), or set REDIS_URL to a Redis that is running.'
	);
}

/**
 * Unpacks a Debian or Ubuntu package and its dependencies into the project, without root. Returns whether it succeeded.
 */
async function unpackDebian(name, into) {
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
		await run(apt, ['update', '-qq']);
		packages = needed();
	}
	if (packages.length === 0) return false;
	say('no ' + name + ' found; unpacking ' + packages.join(', ') + ' into .cache of this project');
	const folder = path.join(root, '.cache', 'debs');
	fs.rmSync(folder, { recursive: true, force: true });
	fs.mkdirSync(folder, { recursive: true });
	const download = ['download', '-qq', '-o', 'APT::Sandbox::User=root'].concat(packages);
	if (!(await run(apt, download, { cwd: folder }))) return false;
	const unfinished = into + '.new';
	fs.rmSync(unfinished, { recursive: true, force: true });
	for (const file of fs.readdirSync(folder))
		if (/\.deb$/.test(file) && !(await run(dpkg, ['-x', path.join(folder, file), unfinished]))) return false;
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

async function chromium() {
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
		if ((await install()) || ((await run('apt-get', ['update', '-qq'])) && (await install()))) return;
	}
	fail(
		'no Chromium found for the browser tests. Install Chromium or Chrome, or set CHROMIUM_PATH to its program.'
	);
}

/** The folder that Debian's Alertmanager reads, and the same folder below that of the unpacked package. */
const FILES = '/usr/share/prometheus/alertmanager';
const FILES_HERE = 'usr/share/prometheus/alertmanager/';

/**
 * Unpacks Debian's Alertmanager for one test and for the benchmark. To install the package would also start a service.
 * Without Debian packages, both say what they skip, so a failure does not end set-up.
 */
async function alertmanager() {
	if (which(['prometheus-alertmanager', 'alertmanager'])) return;
	const unpacked = path.join(root, '.cache', 'alertmanager');
	const program = path.join(unpacked, 'usr', 'bin', 'prometheus-alertmanager');
	if (fs.existsSync(program) && !fs.readFileSync(program).includes(FILES)) return;
	if (!(await unpackDebian('prometheus-alertmanager', unpacked)) || !fs.existsSync(program))
		return say('no Alertmanager and no Debian package of it; what needs a real Alertmanager is skipped');
	// The program has the path of the folder in it. Both paths have the same length.
	fs.writeFileSync(program, fs.readFileSync(program, 'latin1').replaceAll(FILES, FILES_HERE), 'latin1');
}

/** Unpacks Debian's `sec` for the benchmark. Without the package the benchmark says that it did not measure `sec`. */
async function sec() {
	if (which(['sec'])) return;
	const unpacked = path.join(root, '.cache', 'sec');
	const program = path.join(unpacked, 'usr', 'bin', 'sec');
	const works = () => fs.existsSync(program) && capture(program, ['--version']) !== '';
	if (works() || ((await unpackDebian('sec', unpacked)) && works())) return;
	say('no sec and no Debian package of it; the benchmark does not measure it');
}

module.exports = { alertmanager, chromium, redis, sec };
