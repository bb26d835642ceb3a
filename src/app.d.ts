import type { Viewer } from '#lib/server/access/auth.ts';
import type { WebServices } from '#lib/server/services.ts';

declare global {
	namespace App {
		interface Locals {
			services: WebServices;
			/** Who is signed in; `null` on the pages that anybody may see. */
			viewer: Viewer | null;
		}
	}
}

export {};
