/** For work that one engine does alone. */
import { BenchError } from './bench-error.js';
import { startAll, type Contender, type Started } from './contenders.js';

/** The first engine of this project that can start. */
export async function firstEngine(
  contenders: readonly Contender[],
  group: string,
  options: object,
  note: (text: string) => void,
): Promise<Started> {
  for (const contender of contenders.filter(({ isPytorch }) => !isPytorch)) {
    const [started] = await startAll([contender], group, options, { isRequired: false, note });
    if (started !== undefined) return started;
  }
  throw new BenchError(
    'This needs an engine of Capgrid itself. Add --engine libtorch or --engine wasm.',
  );
}
