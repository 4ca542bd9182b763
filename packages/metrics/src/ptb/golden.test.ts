/**
 * Against what the tokenizer of coco-caption answers. `tokenizer` and `fakecap` hold COCO captions, are
 * not distributed here and are skipped when absent.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tokenizeCaption, tokenizeCaptions, tokenizeWithPunctuation } from './tokenize-captions.js';

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));
const sharedFolder = process.env['CAPGRID_SHARED'] ?? `${checkout}../shared`;
const committed = `${checkout}test/golden/metrics`;
const notDistributed = `${sharedFolder}/golden/metrics`;

interface Annotations {
  annotations: { image_id: number; caption: string }[];
}

interface Expected {
  image_ids: number[];
  tokenized: { candidates: string[]; references?: string[][] };
  ptb_raw_isolated?: { candidates?: string[]; references?: string[][] };
  ptb_lowercased_before_punctuation_removal_isolated?: string[];
  isolated_differs?: Record<string, { isolated: string }>;
}

function read<T>(file: string): T {
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as T;
}

function captionsOf(folder: string, expected: Expected) {
  const candidates = read<{ caption: string }[]>(`${folder}/candidates.json.gz`);
  const ofImage = new Map(expected.image_ids.map((id): [number, string[]] => [id, []]));
  if (expected.tokenized.references) {
    for (const { image_id, caption } of read<Annotations>(`${folder}/references.json.gz`)
      .annotations) {
      ofImage.get(image_id)?.push(caption);
    }
  }
  return {
    candidates: candidates.map(({ caption }) => caption),
    references: [...ofImage.values()],
  };
}

it('answers all 214 probes as the Penn Treebank tokenizer does', () => {
  const probes = read<{ text: string; ptb_lowercased: string; final: string }[]>(
    `${committed}/probes/probes.json.gz`,
  );
  expect(probes).toHaveLength(214);
  const answers = probes.map(({ text }) => ({
    text,
    ptb_lowercased: tokenizeWithPunctuation(text),
    final: tokenizeCaption(text),
  }));
  expect(answers).toEqual(probes);
});

describe.for([
  { name: 'edge', parent: committed, candidates: 205, references: 437 },
  { name: 'fakecap', parent: notDistributed, candidates: 1000, references: 5005 },
  { name: 'tokenizer', parent: notDistributed, candidates: 3000, references: 0 },
])('coco-caption on $name', ({ name, parent, ...counts }) => {
  const folder = `${parent}/${name}`;
  const absent = `${name}: ${folder} is absent; set CAPGRID_SHARED to the folder that holds golden/.`;

  it('gives the same tokens when all captions of a side are one file', ({ skip }) => {
    if (!existsSync(folder)) skip(absent);
    const expected = read<Expected>(`${folder}/expected.json.gz`);
    const { candidates, references } = captionsOf(folder, expected);
    expect(candidates).toHaveLength(counts.candidates);
    expect(references.flat()).toHaveLength(counts.references);
    expect(tokenizeCaptions(candidates)).toEqual(expected.tokenized.candidates);
    expect(tokenizeCaptions(references.flat())).toEqual(
      expected.tokenized.references?.flat() ?? [],
    );
  });

  it('gives the same tokens for each caption alone, with and without punctuation', ({ skip }) => {
    if (!existsSync(folder)) skip(absent);
    const expected = read<Expected>(`${folder}/expected.json.gz`);
    const { candidates, references } = captionsOf(folder, expected);
    const raw =
      expected.ptb_raw_isolated?.candidates ??
      expected.ptb_lowercased_before_punctuation_removal_isolated;
    if (raw) expect(candidates.map(tokenizeWithPunctuation)).toEqual(raw);
    if (expected.ptb_raw_isolated?.references) {
      expect(references.flat().map(tokenizeWithPunctuation)).toEqual(
        expected.ptb_raw_isolated.references.flat(),
      );
    }
    if (expected.isolated_differs) {
      const alone = expected.tokenized.candidates.map(
        (batch, index) =>
          expected.isolated_differs?.[String(expected.image_ids[index])]?.isolated ?? batch,
      );
      expect(tokenizeCaptions(candidates, { context: 'none' })).toEqual(alone);
    }
  });
});

it('keeps captions with line-breaking characters on one line, with the tokens of coco-caption', () => {
  const folder = `${committed}/edge-linebreaks`;
  const expected = read<Expected>(`${folder}/expected.json.gz`);
  const { candidates, references } = captionsOf(folder, expected);

  const sides = [
    { captions: candidates, shifted: expected.tokenized.candidates },
    { captions: references.flat(), shifted: expected.tokenized.references?.flat() ?? [] },
  ];
  for (const { captions, shifted } of sides) {
    const tokenized = tokenizeCaptions(captions);
    expect(tokenized).toHaveLength(captions.length);
    // coco-caption drops the lines that its additional line breaks push beyond the end.
    expect(`${tokenized.join(' ')} `.startsWith(`${shifted.join(' ')} `)).toBe(true);
  }
  expect(tokenizeCaptions(candidates).slice(0, 3)).toEqual([
    'a dog on a couch',
    'a cat on a bed',
    'a bus on the road',
  ]);
});
