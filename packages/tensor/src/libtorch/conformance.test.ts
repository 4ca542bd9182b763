import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { MISSING_ADDON } from '../testing/native-engine.js';

const RUN = fileURLToPath(new URL('../../conformance/run.mjs', import.meta.url));
/** One run takes 5 s on two free cores. */
const TIME_LIMIT_MS = 120_000;

test(
  "tfjs-core's own tests pass on libtorch as they do on its CPU backend",
  { timeout: 2 * TIME_LIMIT_MS },
  async (context) => {
    if (MISSING_ADDON !== null) context.skip(MISSING_ADDON);
    const libtorch = await runSuite('libtorch');
    const cpu = await runSuite('cpu');
    expect(libtorch).toEqual({
      exitCode: 0,
      counts: { specs: 4232, passed: 4227, failed: 0, pending: 5 },
      failures: [],
    });
    expect(libtorch).toEqual(cpu);
  },
);

/** In a process of its own: the suite resets tfjs-core's engine again and again. */
async function runSuite(engine: string) {
  const child = spawn(
    process.execPath,
    [RUN, '--json', '--engine', engine, ...(engine === 'libtorch' ? ['--device', 'cpu'] : [])],
    { stdio: ['ignore', 'pipe', 'pipe'], timeout: TIME_LIMIT_MS },
  );
  const [out, err, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  const counts: unknown = out === '' ? err : JSON.parse(out);
  return {
    exitCode,
    counts,
    failures: err.split('\n').filter((line) => line.startsWith('failed:')),
  };
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
