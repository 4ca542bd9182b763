/** Starts the engine and prints what it is as one line of JSON; `capgrid doctor` runs this. */
import { startEngine } from '@capgrid/tensor';
import { readEnv } from './env.js';

const read = readEnv();
if ('problems' in read) {
  process.stderr.write(`${read.problems}\n`);
  process.exit(2);
}
try {
  const { name, version, device, threads } = await startEngine(read.env.CAPGRID_ENGINE);
  process.stdout.write(`${JSON.stringify({ engine: name, version, device, threads })}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
