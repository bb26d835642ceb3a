// Configures SvelteKit: the Node.js adapter writes to build/, and the Content Security Policy allows only our own origin.
// Compiles the messages of the catalogue first, because every tool that reads the pages reads this file first.
import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { join } from 'node:path';
import { LANGUAGES } from './src/lib/ui/language.ts';
import { compileMessages } from './src/messages/compile.ts';

compileMessages({
	from: join(import.meta.dirname, 'src/messages'),
	to: join(import.meta.dirname, '.svelte-kit/messages'),
	languages: LANGUAGES
});

/** @type {import('@sveltejs/kit').Config} */
const config = {
	preprocess: vitePreprocess(),
	compilerOptions: { runes: true },
	kit: {
		adapter: adapter({ out: 'build', precompress: true }),
		csp: {
			mode: 'nonce',
			directives: {
				'default-src': ['self'],
				'connect-src': ['self'],
				'img-src': ['self', 'data:'],
				'style-src': ['self', 'unsafe-inline'],
				'script-src': ['self'],
				'object-src': ['none'],
				'base-uri': ['self'],
				'form-action': ['self'],
				'frame-ancestors': ['none']
			}
		}
	}
};

export default config;
