/**
 * `capgrid demo` with another dataset and spec:
 *
 *   node test/e2e/small-demo.mjs '{"spec":"…","scenes":{…}}' [OPTIONS OF demo]
 */
import { readEnv, ROOT } from '../../apps/cli/dist/env.js';
import { createProgram } from '../../apps/cli/dist/program.js';
import { openTerminal } from '../../apps/cli/dist/terminal.js';

const [job = '', ...options] = process.argv.slice(2);
const read = readEnv();
if ('problems' in read) throw new TypeError(read.problems.join('\n'));
const { stdout, stderr } = process;
const terminal = openTerminal({ stdout, stderr, wantsColour: false });
/** @param {number} exitCode */
const finish = (exitCode) => {
  process.exitCode = exitCode;
};
const context = { env: read.env, root: ROOT, terminal, finish };
const program = await createProgram(context, 'demo', JSON.parse(job));
await program.parseAsync(['demo', ...options], { from: 'user' });
