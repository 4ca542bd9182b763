import { readFileSync } from 'node:fs';
import { DECODER_KINDS, ModelSpec } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { countLearned } from '../parameters.js';
import { captionerParameters } from './create-captioner.js';

const PAGE = readFileSync(new URL('../../../../docs/zoo.md', import.meta.url), 'utf8');
const SIZES = { vocabulary: 9500, channels: 2048, regions: 49, maxWords: 60 };

test('docs/zoo.md lists every family with the numbers that it learns', () => {
  const listed = [...PAGE.matchAll(/^\| `([a-z-]+)` +\|[^|]+\| +([\d.]+) +\|/gm)].map(
    ([, decoder, millions]) => [decoder, Number(millions)],
  );
  const counted = DECODER_KINDS.map((decoder) => {
    const spec = ModelSpec.parse({ decoder });
    if (spec.decoder === 'retrieval') return [decoder, 0];
    const plans = captionerParameters(spec, SIZES);
    return [decoder, Math.round(countLearned(plans) / 1e5) / 10];
  });
  expect(listed).toEqual(counted);
});
