import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const FOLDER = fileURLToPath(new URL('../../native/src', import.meta.url));
/** Prints exp of each value; the sanitiser ends it at the first undefined operation. */
const PROGRAM = `
#include "vector-math.h"
#include <cmath>
#include <cstdio>
CAPGRID_VECTORISED void run(const float* x, float* y, int n) {
  for (int i = 0; i < n; ++i) y[i] = capgrid::fastExp(x[i]);
}
int main() {
  const float x[] = {NAN, INFINITY, -INFINITY, 0.0F, 1.0F, -100.0F};
  float y[6];
  run(x, y, 6);
  for (const float value : y) std::printf("%.3g ", std::fabs(value));
}
`;
const SANITISE = ['-fsanitize=undefined,float-cast-overflow', '-fno-sanitize-recover=all'];
const TIME_LIMIT_MS = 60_000;

test.for(['g++', 'g++-9', 'g++-10', 'g++-11', 'g++-12'])(
  'the vectorised functions compile with %s and take every float',
  { timeout: TIME_LIMIT_MS },
  (compiler, context) => {
    if (spawnSync(compiler, ['--version']).status !== 0) context.skip(`there is no ${compiler}`);
    const folder = mkdtempSync(join(tmpdir(), 'vector-math-'));
    try {
      const [source, program] = [join(folder, 'run.cc'), join(folder, 'run')];
      writeFileSync(source, PROGRAM);
      const flags = ['-std=c++17', '-O2', ...SANITISE, `-I${FOLDER}`];
      execFileSync(compiler, [...flags, source, '-o', program]);
      expect(execFileSync(program, { encoding: 'utf8' })).toBe(
        'nan 1.65e+38 1.65e-38 1 2.72 1.65e-38 ',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
