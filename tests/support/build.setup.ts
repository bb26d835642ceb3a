// Once for a test run: the pages are built when their sources have changed.
import { buildPages } from '../../launcher/build.ts';

export default function setup(): void {
	buildPages(() => {});
}
