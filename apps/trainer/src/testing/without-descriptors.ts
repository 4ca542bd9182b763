/**
 * Starts a computing process when no more files can be opened, and prints how that ended. To be run
 * with a low limit (`ulimit -n`).
 */
import { closeSync, openSync } from 'node:fs';
import { EncoderSpec } from '@capgrid/contracts';
import { startChild } from '../compute-child.js';

const opened: number[] = [];
try {
  for (;;) opened.push(openSync('/dev/null', 'r'));
} catch {
  // The limit is reached.
}
const sha256 = 'a'.repeat(64);
const child = startChild(
  new URL('scripted-child.mjs', import.meta.url),
  {
    type: 'start',
    work: {
      kind: 'features',
      datasetDigest: sha256,
      limit: null,
      encoder: EncoderSpec.parse({ kind: 'scenes-cnn' }),
      plan: null,
      precomputedSha256: null,
    },
    store: '/nowhere',
    engine: null,
    engineOptions: { threads: 1, device: null, strictFloat32: false },
    scoringFiles: { meteorParaphrases: null, spiceJar: null, spiceCache: null, javaHome: null },
  },
  'trial 1 of sweep "attention"',
  () => {},
);
for (const file of opened) closeSync(file);
process.stdout.write(JSON.stringify(await child.end));
