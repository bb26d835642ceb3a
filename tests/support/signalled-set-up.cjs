// Runs a program as set-up does, and sends itself SIGINT once more while it says that it stops: npm hands a Ctrl-C on to a
// set-up that the terminal has already told.
'use strict';
const { run, say, stopAtSignals } = require('../../launcher/setup-run.cjs');

const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (text, ...rest) => {
	const isWritten = write(text, ...rest);
	if (/stopped/.test(text)) process.kill(process.pid, 'SIGINT');
	return isWritten;
};
stopAtSignals(() => {});
say('running');
void run(process.execPath, ['-e', 'setInterval(() => {}, 1000)', process.argv[2]]);
