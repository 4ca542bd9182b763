/**
 * Step functions for beam searches without an engine, over a vocabulary small enough to enumerate
 * every caption.
 */
import { DecodeSpec } from '@capgrid/contracts';
import { expect } from 'vitest';
import { beamSearch, type BeamRequest, type StepFunction } from '../decoding/beam-search.js';
import type { BeamResult, BeamSettings, BeamStep } from '../decoding/hypotheses.js';
import { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';

/** Pad, unknown, begin, end and two words. */
export const VOCABULARY = 6;
/** Norms with each divisor that they read. */
export const DIALECTS = [
  { norm: 'per_step', divisor: 'words' },
  { norm: 'on_finish', divisor: 'words' },
  { norm: 'on_finish', divisor: 'words+1' },
  { norm: 'sum', divisor: 'words' },
] as const;

/** The defaults of `decode` with changes. */
export function settingsOf(changes: Partial<BeamSettings>): BeamSettings {
  return { ...DecodeSpec.parse({}), ...changes };
}

/** Log-probabilities that depend on the whole prefix and on the image, in no order of words. */
export function logProbsAfter(image: number, prefix: readonly number[]): Float32Array {
  const rng = Rng.from(image + 1).fork(prefix.join(' '));
  const weights = Array.from({ length: VOCABULARY }, () => Math.exp(1.5 * rng.normal()));
  const total = weights.reduce((a, b) => a + b, 0);
  return Float32Array.from(weights, (w) => Math.log(w / total));
}

/** What a step gives for log-probabilities [rows, VOCABULARY]: likeliest first, then by id. */
function likeliest(
  logProbs: Float32Array,
  candidates: number,
): Pick<BeamStep, 'words' | 'logProbs' | 'endLogProbs'> {
  const rows = Array.from({ length: logProbs.length / VOCABULARY }, (_, row) =>
    logProbs.subarray(row * VOCABULARY, (row + 1) * VOCABULARY),
  );
  const best = rows.map((row) =>
    Array.from(row, (logProb, id) => ({ id, logProb }))
      .sort((one, other) => other.logProb - one.logProb || one.id - other.id)
      .slice(0, Math.min(candidates, VOCABULARY)),
  );
  return {
    words: Int32Array.from(best.flat(), ({ id }) => id),
    logProbs: Float32Array.from(best.flat(), ({ logProb }) => logProb),
    endLogProbs: Float32Array.from(rows, (row) => row[SPECIAL_IDS.end] ?? Number.NaN),
  };
}

/** A "model" whose state is the prefix itself, so that wrong parents give wrong numbers. */
export function stepOver(images: readonly number[]): StepFunction & { rows: number[] } {
  let prefixes: { image: number; tokens: number[] }[] = images.map((image) => ({
    image,
    tokens: [],
  }));
  const rows: number[] = [];
  const step: StepFunction = ({ words, parents, images: ofRows, candidates }) => {
    rows.push(words.length);
    prefixes = [...parents].map((parent, row) => {
      const { image, tokens } = prefixes[parent] ?? { image: -1, tokens: [] };
      expect(image).toBe(images[ofRows[row] ?? -1]);
      const word = words[row] ?? SPECIAL_IDS.pad;
      return { image, tokens: word === SPECIAL_IDS.begin ? [] : [...tokens, word] };
    });
    const logProbs = new Float32Array(prefixes.length * VOCABULARY);
    for (const [row, { image, tokens }] of prefixes.entries()) {
      logProbs.set(logProbsAfter(image, tokens), row * VOCABULARY);
    }
    // "Attention": how long the prefix was when the word was chosen.
    const attention = Float32Array.from(prefixes, ({ tokens }) => tokens.length);
    return Promise.resolve({ ...likeliest(logProbs, candidates), attention });
  };
  return Object.assign(step, { rows });
}

/** The best caption of each image. */
export async function search(
  images: readonly number[],
  changes: Partial<BeamSettings>,
): Promise<BeamResult[]> {
  const results = await beamSearch(images.length, settingsOf(changes), stepOver(images));
  return results.flatMap((ofImage) => ofImage.slice(0, 1));
}

/** A step that gives the same log-probabilities to each row, whatever came before. */
export function always(logProbs: readonly number[]): StepFunction {
  return ({ words, candidates }: BeamRequest) =>
    Promise.resolve({
      ...likeliest(Float32Array.from(Array.from(words, () => logProbs).flat()), candidates),
      attention: null,
    });
}

/** A step that gives the same log-probabilities to each row, other ones at each word. */
export function inTurn(logProbs: readonly (readonly number[])[]): StepFunction {
  let t = 0;
  return (request) => {
    t += 1;
    return always(logProbs[t - 1] ?? [])(request);
  };
}
