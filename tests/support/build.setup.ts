// Builds the pages once for a test run, if their sources have changed.
import { buildPages } from '../../launcher/build.ts';

export default async function setup(): Promise<void> {
	await buildPages(() => {});
}
