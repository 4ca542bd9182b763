/**
 * Against METEOR 1.5 itself. `edge` and the made-up paraphrase table lie in test/golden; `fakecap`
 * holds COCO captions, is not distributed here and is skipped when absent.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CaptionItem } from '../tokenize-items.js';
import { loadMeteorLexicon } from './lexicon.js';
import { meteorWords } from './meteor-words.js';
import { createMeteor, scoreMeteor } from './meteor.js';
import type { MeteorModule } from './modules.js';
import { ParaphraseTable } from './paraphrase-table.js';
import { parseParaphrases, type ParaphraseOptions } from './parse-paraphrases.js';
import { meteorStatisticsToArray } from './statistics.js';

/**
 * Statistics and matches are equal; scores are too but for the last digit of Java's pow, on 41 images
 * of fakecap with the paraphrase table, where the largest difference is 2.3e-16.
 */
const TOLERANCE = 1e-15;

/** Names of the golden files. */
const MODULES: Record<string, MeteorModule[]> = {
  METEOR_exact: ['exact'],
  METEOR_exact_stem: ['exact', 'stem'],
  METEOR_exact_stem_synonym: ['exact', 'stem', 'synonym'],
  METEOR_all_synthetic_paraphrase: ['exact', 'stem', 'synonym', 'paraphrase'],
};

interface Expected {
  corpus: Record<string, number>;
  per_image: Record<string, number[]>;
  tokenized: { candidates: string[]; references: string[][] };
  /** 23 numbers per image. */
  meteor_stats: Record<string, number[][]>;
}

/** One pair; a match is [refStart, refLength, candidateStart, candidateLength, module]. */
interface Pair {
  score: number;
  chunks: number;
  matches: [number, number, number, number, number][];
}
/** Pairs by image and reference. */
type Detail = Record<string, Pair[][]>;

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));
const golden = `${checkout}test/golden/metrics`;
const sharedFolder = process.env['CAPGRID_SHARED'] ?? `${checkout}../shared`;

const CASES = [
  { name: 'edge', folder: `${golden}/edge`, images: 205, pairs: 437 },
  { name: 'fakecap', folder: `${sharedFolder}/golden/metrics/fakecap`, images: 1000, pairs: 5005 },
];

const readText = (file: string): string => gunzipSync(readFileSync(file)).toString('utf8');

const readTable = (options?: ParaphraseOptions): ParaphraseTable =>
  parseParaphrases(readText(`${golden}/synthetic-paraphrase-en.gz`), options);

async function createGoldenMeteor(key: string) {
  const modules = MODULES[key] ?? [];
  return createMeteor({ lexicon: await loadMeteorLexicon(), paraphrases: readTable(), modules });
}

describe.for(CASES)('METEOR 1.5 on $name', ({ name, folder, images, pairs }) => {
  it.for(Object.keys(MODULES))(
    'gives the same statistics and scores with %s',
    async (key, { skip }) => {
      if (!existsSync(folder)) skip(`${name}: ${folder} is absent; set CAPGRID_SHARED.`);
      const expected = JSON.parse(readText(`${folder}/expected.json.gz`)) as Expected;
      const { candidates, references } = expected.tokenized;
      expect(candidates).toHaveLength(images);

      const meteor = await createGoldenMeteor(key);
      const actual = scoreMeteor(candidates, references, meteor);

      expect(actual.perImageStatistics.map(meteorStatisticsToArray)).toEqual(
        expected.meteor_stats[key],
      );
      const scores = expected.per_image[key] ?? [];
      expect(actual.perImage).toHaveLength(scores.length);
      for (const [image, score] of actual.perImage.entries()) {
        expect(Math.abs(score - (scores[image] ?? NaN))).toBeLessThanOrEqual(TOLERANCE);
      }
      expect(Math.abs(actual.corpus - (expected.corpus[key] ?? NaN))).toBeLessThanOrEqual(
        TOLERANCE,
      );
    },
  );

  it('gives the same statistics with the table cut down to the words of the captions, and while it forgets captions', async ({
    skip,
  }) => {
    if (!existsSync(folder)) skip(`${name}: ${folder} is absent; set CAPGRID_SHARED.`);
    const expected = JSON.parse(readText(`${folder}/expected.json.gz`)) as Expected;
    const { candidates, references } = expected.tokenized;
    const items: CaptionItem[] = candidates.map((candidate, image) => ({
      imageId: String(image),
      candidate,
      references: references[image] ?? [],
    }));
    const whole = readTable();
    const paraphrases = readTable({ words: meteorWords(items) });
    expect(paraphrases).toMatchObject({ entries: 3005, fingerprint: whole.fingerprint });
    const [kept, all] = [paraphrases, whole].map(
      (table) => ParaphraseTable.pairsOf(table).targets.length,
    );
    expect(kept).toBeLessThan(all ?? 0);
    expect(kept).toBeGreaterThan(0);

    const lexicon = await loadMeteorLexicon();
    const meteor = createMeteor({ lexicon, paraphrases, maxRememberedCaptions: 20 });
    const actual = scoreMeteor(candidates, references, meteor);
    expect(actual.perImageStatistics.map(meteorStatisticsToArray)).toEqual(
      expected.meteor_stats['METEOR_all_synthetic_paraphrase'],
    );
  });

  it.for(['METEOR_exact_stem_synonym', 'METEOR_all_synthetic_paraphrase'])(
    'chooses the same matches in every pair with %s',
    async (key, { skip }) => {
      if (!existsSync(folder)) skip(`${name}: ${folder} is absent; set CAPGRID_SHARED.`);
      const { tokenized } = JSON.parse(readText(`${folder}/expected.json.gz`)) as Expected;
      const detail = JSON.parse(readText(`${folder}/meteor_detail.json.gz`)) as Detail;
      const expected = detail[key] ?? [];
      const meteor = await createGoldenMeteor(key);

      const actual = tokenized.candidates.map((candidate, image) =>
        (tokenized.references[image] ?? []).map((reference) => meteor.align(candidate, reference)),
      );

      expect(actual.flat()).toHaveLength(pairs);
      const facts = actual.map((ofImage) =>
        ofImage.map(({ matches, statistics }) => ({
          chunks: statistics.chunks,
          matches: matches.map((match) => [
            match.refStart,
            match.refLength,
            match.candidateStart,
            match.candidateLength,
            match.module,
          ]),
        })),
      );
      expect(facts).toEqual(
        expected.map((ofImage) => ofImage.map(({ chunks, matches }) => ({ chunks, matches }))),
      );
      for (const [image, ofImage] of actual.entries()) {
        for (const [index, { score }] of ofImage.entries()) {
          const difference = score - (expected[image]?.[index]?.score ?? NaN);
          expect(Math.abs(difference)).toBeLessThanOrEqual(TOLERANCE);
        }
      }
    },
  );
});
