/** Starts the engine of one task as the trainer's environment asks for it. */
import { startEngine, type Engine } from '@capgrid/tensor';
import type { TaskContext } from './run-task.js';

export function startTaskEngine({
  engine,
  engineOptions,
}: Pick<TaskContext, 'engine' | 'engineOptions'>): Promise<Engine> {
  const { threads, device, strictFloat32 } = engineOptions;
  return startEngine(engine, { threads, strictFloat32, ...(device !== null && { device }) });
}
