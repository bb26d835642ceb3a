// Takes pictures of a demo of its own (`npm run screenshots`): those of the guides, or with `-- --all FOLDER` one of every
// page and state of the console.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from '../tests/support/browser.ts';
import { startDemo } from './screenshots/demo.ts';
import { photographGallery } from './screenshots/gallery.ts';
import { photographGuide } from './screenshots/guide.ts';

const { values } = parseArgs({ options: { all: { type: 'string' } } });

await using demo = await startDemo();
await using stack = new AsyncDisposableStack();
const browser = stack.adopt(await openBrowser(), (opened) => opened.close());
if (values.all === undefined) await photographGuide(browser, demo.origin);
else await photographGallery(browser, demo.origin, resolve(values.all));
