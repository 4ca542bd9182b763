/**
 * METEOR 1.5 (Denkowski and Lavie 2014) as coco-caption runs it: each candidate against its best
 * reference, the corpus from summed statistics. Scale 0..1.
 */
import { assertAligned } from '../assert-aligned.js';
import {
  assertCaptions,
  assertObject,
  invalidInput,
  isRecord,
  nameValue,
} from '../invalid-input.js';
import { MetricInputError } from '../metric-input-error.js';
import { align } from './align.js';
import { countStatistics } from './count-statistics.js';
import type { MeteorLexicon } from './lexicon.js';
import type { Match } from './match.js';
import { createParaphraseMatcher } from './match-paraphrases.js';
import { METEOR_MODULES, PARAPHRASE, type MeteorModule } from './modules.js';
import { ParaphraseTable } from './paraphrase-table.js';
import { meteorFromArray, meteorFromStatistics } from './score-statistics.js';
import {
  METEOR_STATISTICS,
  meteorStatisticsFromArray,
  sumMeteorStatistics,
  type MeteorStatistics,
} from './statistics.js';
import { createCaptionReader } from './words.js';

export interface MeteorResources {
  readonly lexicon: MeteorLexicon;
  readonly paraphrases?: ParaphraseTable;
  /** Default: exact, stem and synonym, and paraphrase if there is a table. */
  readonly modules?: readonly MeteorModule[];
  /** After how many different captions those remembered are forgotten. Default: 400,000. */
  readonly maxRememberedCaptions?: number;
}

/** METEOR with its modules; remembers the captions it has read. Captions are tokenised. */
export interface Meteor {
  /** In METEOR's order. */
  readonly modules: readonly MeteorModule[];
  /** "METEOR" with all four modules, else "METEOR (exact, stem, synonym)" or what there is. */
  readonly label: string;
  /** Version of the lexicon. */
  readonly lexicon: string;
  /** Fingerprint of the paraphrase table in use; null without one. */
  readonly paraphrases: string | null;
  /** Score and statistics with the best reference, the first one on ties. */
  score(candidate: string, references: readonly string[]): MeteorImageScore;
  /** The alignment with one reference. */
  align(candidate: string, reference: string): MeteorAlignment;
}

export interface MeteorImageScore {
  readonly score: number;
  readonly statistics: MeteorStatistics;
}

export interface MeteorAlignment extends MeteorImageScore {
  /** In the order of the reference. */
  readonly matches: readonly Match[];
}

export interface MeteorScore {
  readonly corpus: number;
  /** In input order. */
  readonly perImage: readonly number[];
  readonly statistics: MeteorStatistics;
  readonly perImageStatistics: readonly MeteorStatistics[];
}

/**
 * @throws MetricInputError `invalid-meteor-modules` for modules that are none, or that need a table;
 * `invalid-paraphrase-table` for one that neither `parseParaphrases` nor `readParaphrases` made;
 * `invalid-input`
 */
export function createMeteor(resources: MeteorResources): Meteor {
  assertResources(resources);
  const modules = chooseModules(resources);
  const moduleIndices = modules.map((module) => METEOR_MODULES.indexOf(module));
  const paraphrases = moduleIndices.includes(PARAPHRASE) ? (resources.paraphrases ?? null) : null;
  const pairs = paraphrases === null ? null : ParaphraseTable.pairsOf(paraphrases);
  const matcher = pairs === null ? null : createParaphraseMatcher(pairs);
  const reader = createCaptionReader(resources.lexicon, pairs, resources.maxRememberedCaptions);
  let numbers = new Float64Array(METEOR_STATISTICS);
  let bestNumbers = new Float64Array(METEOR_STATISTICS);

  return {
    modules,
    label: modules.length === METEOR_MODULES.length ? 'METEOR' : `METEOR (${modules.join(', ')})`,
    lexicon: resources.lexicon.version,
    paraphrases: paraphrases?.fingerprint ?? null,
    score(candidate, references) {
      assertCaptions('references', references);
      reader.limitMemory();
      const candidateCaption = reader.read(candidate);
      let bestScore: number | null = null;
      for (const reference of references) {
        const refCaption = reader.read(reference);
        const { matches } = align(candidateCaption.words, refCaption.words, moduleIndices, matcher);
        countStatistics(candidateCaption, refCaption, matches, numbers);
        const score = meteorFromArray(numbers);
        if (bestScore === null || score > bestScore) {
          bestScore = score;
          [numbers, bestNumbers] = [bestNumbers, numbers];
        }
      }
      if (bestScore === null) {
        throw new MetricInputError(
          'no-references',
          `The candidate "${candidate}" has 0 references. Give it at least one or leave it out.`,
        );
      }
      return { score: bestScore, statistics: meteorStatisticsFromArray(bestNumbers) };
    },
    align(candidate, reference) {
      const candidateCaption = reader.read(candidate);
      const refCaption = reader.read(reference);
      const { matches } = align(candidateCaption.words, refCaption.words, moduleIndices, matcher);
      countStatistics(candidateCaption, refCaption, matches, numbers);
      return {
        score: meteorFromArray(numbers),
        statistics: meteorStatisticsFromArray(numbers),
        matches,
      };
    },
  };
}

/** Scores tokenised captions; `references[i]` belongs to `candidates[i]`. */
export function scoreMeteor(
  candidates: readonly string[],
  references: readonly (readonly string[])[],
  meteor: Meteor,
): MeteorScore {
  assertAligned(candidates, references);
  assertMeteor(meteor);
  const images = candidates.map((candidate, image) =>
    meteor.score(candidate, references[image] ?? []),
  );
  const perImageStatistics = images.map((image) => image.statistics);
  const statistics = sumMeteorStatistics(perImageStatistics);
  return {
    corpus: meteorFromStatistics(statistics),
    perImage: images.map((image) => image.score),
    statistics,
    perImageStatistics,
  };
}

/** A METEOR of its own will do, as long as it has what one has. */
export function assertMeteor(meteor: unknown): void {
  if (isRecord(meteor) && typeof meteor['score'] === 'function' && 'label' in meteor) return;
  throw invalidInput('meteor', meteor, 'what createMeteor makes');
}

function assertResources(resources: unknown): void {
  assertObject('resources', resources, 'an object { lexicon }');
  const { lexicon, paraphrases, modules } = isRecord(resources) ? resources : {};
  if (!isRecord(lexicon) || typeof lexicon['synsets'] !== 'function') {
    throw invalidInput('lexicon', lexicon, 'what loadMeteorLexicon() resolves to');
  }
  if (paraphrases !== undefined && !ParaphraseTable.isTable(paraphrases)) {
    const isFile = isRecord(paraphrases) && ParaphraseTable.isTable(paraphrases['table']);
    throw new MetricInputError(
      'invalid-paraphrase-table',
      isFile
        ? 'paraphrases is all that readParaphrases resolves to; pass the table in it: ' +
            'const { table } = await readParaphrases(path), then paraphrases: table.'
        : `paraphrases is ${nameValue(paraphrases)}; pass the table that parseParaphrases makes, or ` +
            'the table in what readParaphrases resolves to.',
    );
  }
  if (modules !== undefined && !Array.isArray(modules)) {
    throw invalidInput('modules', modules, `a list of ${METEOR_MODULES.join(', ')}`);
  }
}

function chooseModules({ modules, paraphrases }: MeteorResources): MeteorModule[] {
  const wanted =
    modules ??
    METEOR_MODULES.filter((module) => module !== 'paraphrase' || paraphrases !== undefined);
  if (wanted.length === 0) {
    throw new MetricInputError(
      'invalid-meteor-modules',
      `METEOR got 0 modules. Name at least one of ${METEOR_MODULES.join(', ')}.`,
    );
  }
  const unknown = wanted.find((module) => !METEOR_MODULES.includes(module));
  if (unknown !== undefined) {
    throw new MetricInputError(
      'invalid-meteor-modules',
      `METEOR has no module "${unknown}"; it has ${METEOR_MODULES.join(', ')}.`,
    );
  }
  if (wanted.includes('paraphrase') && paraphrases === undefined) {
    throw new MetricInputError(
      'invalid-meteor-modules',
      'The module paraphrase needs a paraphrase table. Pass one or leave the module out.',
    );
  }
  return METEOR_MODULES.filter((module) => wanted.includes(module));
}
