/** tfjs-core's own tests on the GPU, in a process of their own: they bring another copy of tfjs-core. */
import { runSuite } from '../conformance/suite.mjs';

const print = process.stdout.write.bind(process.stdout);
console.log = console.info = console.error;
const outcome = await runSuite({ engine: 'libtorch', only: process.argv[2] ?? '' });
print(`${JSON.stringify(outcome)}\n`);
process.exit(0);
