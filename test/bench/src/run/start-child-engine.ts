/** Starts the engine of a child process; one that cannot start is an answer, not a crash. */
import { startEngine, type Engine, type EngineKind } from '@capgrid/tensor';

/** In the argument of every engine's child. */
export interface EngineChoice {
  readonly engine: EngineKind;
  /** Null: the engine's choice. */
  readonly device: string | null;
  /** On the CPU. */
  readonly threads: number;
}

/** Ends the process with a `problem` as its first answer where the engine cannot start. */
export async function startChildEngine({ engine, device, threads }: EngineChoice): Promise<Engine> {
  try {
    return await startEngine(engine, { device: device ?? undefined, threads });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    process.stdout.write(`${JSON.stringify({ problem })}\n`, () => process.exit(1));
    return new Promise(() => undefined);
  }
}
