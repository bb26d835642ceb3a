import type { Viewer } from '#lib/server/access/auth.ts';
import type { WebServices } from '#lib/server/services.ts';

/** Declares the types of the data that SvelteKit passes with each request. */
declare global {
	namespace App {
		interface Locals {
			services: WebServices;
			/** The signed-in person; `null`: nobody is signed in. */
			viewer: Viewer | null;
		}
	}
}

export {};
