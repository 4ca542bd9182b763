/**
 * Starts the engine, measures it and prints both as one line of JSON; `capgrid doctor` runs this.
 * With --start-only nothing is measured: `capgrid up` asks in this way what tasks will run on.
 */
import { engineRecord } from '@capgrid/models';
import { findEngine } from '@capgrid/tensor';
import { availableParallelism } from 'node:os';
import { readEnv } from './env.js';
import { measureMatMul } from './measure-mat-mul.js';
import { startTaskEngine } from './start-task-engine.js';

const read = readEnv();
if ('problems' in read) {
  process.stderr.write(`${read.problems}\n`);
  process.exit(2);
}
try {
  const { CAPGRID_ENGINE, CAPGRID_DEVICE, CAPGRID_STRICT_FLOAT32 } = read.env;
  const found =
    CAPGRID_ENGINE === null ? await findEngine() : { kind: CAPGRID_ENGINE, problem: null };
  const engine = await startTaskEngine({
    engine: found.kind,
    engineOptions: {
      threads: availableParallelism(),
      device: CAPGRID_DEVICE,
      strictFloat32: CAPGRID_STRICT_FLOAT32,
    },
  });
  const matMulGflops = process.argv.includes('--start-only') ? null : measureMatMul();
  const line = { ...engineRecord(engine), problem: found.problem, matMulGflops };
  process.stdout.write(`${JSON.stringify(line)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
