// Builds the image of the Dockerfile in a folder, without a container engine: replays its instructions, with the owners
// of the files. Paths of the image begin at the folder `root`.
import { spawnSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { DockerfileParser, Keyword, type Copy, type Instruction, type JSONInstruction } from 'dockerfile-ast';

export interface Image {
	/** The folder on this machine that stands for `/` of the image. */
	root: string;
	env: Record<string, string>;
	workdir: string;
	/** The user and the group, as numbers. */
	user: string;
	command: string[];
}

const isRoot = process.getuid!() === 0;

/** Builds the stages of `project`/Dockerfile below the folder `target`, and returns the last stage. */
export function buildImage(project: string, target: string): Image {
	const ignored = dockerignore().add(readFileSync(join(project, '.dockerignore'), 'utf8'));
	const stages = new Map<string, Image>();
	let stage: Image | undefined;
	for (const instruction of DockerfileParser.parse(
		readFileSync(join(project, 'Dockerfile'), 'utf8')
	).getInstructions()) {
		const words = instruction.getArguments().map((argument) => argument.getValue());
		if (instruction.getKeyword() === 'FROM') {
			requireThisNode(words[0]!);
			const name = words[2] ?? 'last';
			stage = { root: join(target, name), env: {}, workdir: '/', user: '0:0', command: [] };
			mkdirSync(join(stage.root, 'tmp'), { recursive: true });
			stages.set(name, stage);
		} else replay(instruction, words, stage!);
	}
	return stage!;

	function replay(instruction: Instruction, words: string[], image: Image): void {
		switch (instruction.getKeyword() as Keyword) {
			case Keyword.WORKDIR:
				image.workdir = posix.resolve(image.workdir, words[0]!);
				mkdirSync(inside(image, '.'), { recursive: true });
				break;
			case Keyword.ENV:
				for (const word of words)
					image.env[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1);
				break;
			case Keyword.USER:
				image.user = words[0]!;
				break;
			case Keyword.CMD:
				image.command = (instruction as JSONInstruction).getJSONStrings().map((text) => text.getJSONValue());
				break;
			case Keyword.EXPOSE:
				break;
			case Keyword.COPY:
				copy(instruction as Copy, words, image);
				break;
			case Keyword.RUN:
				run(words.join(' '), image);
				break;
			default:
				throw new Error(`the replay does not know the instruction ${instruction.getKeyword()}`);
		}
	}

	function copy(instruction: Copy, words: string[], image: Image): void {
		const flags = instruction.getFlags();
		if (flags.some((flag) => flag.getName() !== 'from')) throw new Error('the replay knows only COPY --from');
		const from = flags[0] && stages.get(flags[0].getValue()!);
		const sources = words.slice(0, -1);
		const to = words.at(-1)!;
		for (const source of sources) {
			const path = from ? join(from.root, source) : join(project, source);
			const isFolder = lstatSync(path).isDirectory();
			const intoFolder = !isFolder && (sources.length > 1 || /(^|\/)\.?\.?$/.test(to));
			const copied = join(inside(image, to), intoFolder ? posix.basename(source) : '');
			if (from) linkAll(path, copied);
			// Docker sends only the files of the project that .dockerignore does not name.
			else cpSync(path, copied, { recursive: true, filter: (file) => isSent(relative(project, file)) });
		}
	}

	function isSent(file: string): boolean {
		return file === '' || !ignored.ignores(file);
	}

	/** Runs a command in the stage. `npm ci` copies the installed packages of the project: both come from the lock file. */
	function run(command: string, image: Image): void {
		if (/^npm ci /.test(command)) {
			linkAll(join(project, 'node_modules'), inside(image, 'node_modules'));
			// Tools keep caches beside the packages, which `npm ci` does not make.
			for (const name of readdirSync(inside(image, 'node_modules')))
				if (name.startsWith('.') && name !== '.bin' && name !== '.package-lock.json')
					rmSync(inside(image, `node_modules/${name}`), { recursive: true });
			// `npm prune` writes into this file, and so must not share it with the project.
			const list = inside(image, 'node_modules/.package-lock.json');
			const text = readFileSync(list);
			rmSync(list);
			return writeFileSync(list, text);
		}
		const here = command
			.replace(/(?<=\s)\/(?=\w)/g, `${image.root}/`)
			.replace(/(?<=-[og] )\d+/g, (id) => (isRoot ? id : String(process.getuid!())));
		const done = spawnSync('sh', ['-c', here], {
			cwd: inside(image, '.'),
			encoding: 'utf8',
			env: { ...cleanEnv(), ...image.env }
		});
		if (done.status !== 0) throw new Error(`${command} failed: ${done.stderr}${done.stdout}`);
	}
}

/** Returns the path on this machine of a path in the image. */
export const inside = (image: Image, path: string): string =>
	join(image.root, posix.resolve(image.workdir, path));

/** Returns the variables of a new container: only the path of the programs. */
export const cleanEnv = (): Record<string, string> => ({
	PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`
});

/** Copies a file or a whole folder as hard links where the file system can, which takes a tenth of the time. */
function linkAll(from: string, to: string): void {
	for (const flags of ['-al', '-a']) {
		const done = spawnSync('cp', [flags, '-T', from, to], { encoding: 'utf8' });
		if (done.status === 0) return;
		if (flags === '-a') throw new Error(`cannot copy ${from}: ${done.stderr}`);
		rmSync(to, { recursive: true, force: true });
	}
}

/** Throws if the base image has another major version of Node.js than these tests. */
function requireThisNode(base: string): void {
	const major = /^node:(\d+)-slim$/.exec(base)?.[1];
	if (major !== process.versions.node.split('.')[0])
		throw new Error(`the base image ${base} is not the Node.js ${process.versions.node} of these tests`);
}

/** Returns each file and folder below `folder`, with what a write changes. */
export function contentsOf(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.sort()
		.map((name) => {
			const { ino, size, mtimeMs } = lstatSync(join(folder, name));
			return [name, ino, size, mtimeMs].join(' ');
		});
}
