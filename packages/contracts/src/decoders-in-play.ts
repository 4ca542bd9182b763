/** The decoders that a sweep has, and options that none of them reads. */
import { givenOptions } from './given-options.js';
import { DECODER_KINDS } from './model/model-spec.js';
import { readersOf } from './model/option-readers.js';
import { listWords } from './list-words.js';
import { showValue, type SpecIssue } from './spec-issue.js';
import type { SweepSpec } from './sweep-spec.js';

const DECODER = 'model.decoder';

/** Values of `model.decoder` in some cell, also those that are no decoder. */
export function decodersInPlay(spec: SweepSpec): unknown[] {
  const varied = [spec.grid, ...spec.zip].flatMap((factors) => factors[DECODER] ?? []);
  const fixed = spec.base.model?.['decoder'] ?? DECODER_KINDS[0];
  const ruled = spec.when.flatMap(({ set, grid }) => [
    ...(set?.[DECODER] === undefined ? [] : [set[DECODER]]),
    ...(grid?.[DECODER] ?? []),
  ]);
  return [...new Set([...(varied.length > 0 ? varied : [fixed]), ...ruled])];
}

/** Options of decoders that no cell has: nothing would ever read them. */
export function findForeignOptions(spec: SweepSpec): SpecIssue[] {
  const inPlay = decodersInPlay(spec);
  // What is wrong with such a name is told at its own place.
  if (!inPlay.every(isDecoder)) return [];
  return givenOptions(spec).flatMap(({ at, path, value, condition }) => {
    const own = condition[DECODER];
    if (path === DECODER || (own !== undefined && !isDecoder(own))) return [];
    const decoders = own === undefined ? inPlay : [own];
    const readers: readonly unknown[] = readersOf(path);
    if (readers.length === 0 || decoders.some((decoder) => readers.includes(decoder))) return [];
    const here = listWords(decoders.map(String));
    const message = `${path} is an option of ${listWords(readers.map(String))}; ${here} ${decoders.length === 1 ? 'does' : 'do'} not read it, so remove it`;
    return [{ path: at, value: showValue(value), message }];
  });
}

function isDecoder(value: unknown): boolean {
  return DECODER_KINDS.some((kind) => kind === value);
}
