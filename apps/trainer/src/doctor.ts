/** Starts the engine, measures it and prints both as one line of JSON; `capgrid doctor` runs this. */
import { chooseEngine, startEngine } from '@capgrid/tensor';
import { engineRecord } from './engine-record.js';
import { readEnv } from './env.js';
import { measureMatMul } from './measure-mat-mul.js';

const read = readEnv();
if ('problems' in read) {
  process.stderr.write(`${read.problems}\n`);
  process.exit(2);
}
try {
  const engine = await startEngine(read.env.CAPGRID_ENGINE ?? (await chooseEngine()));
  const line = { ...engineRecord(engine), matMulGflops: measureMatMul() };
  process.stdout.write(`${JSON.stringify(line)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
