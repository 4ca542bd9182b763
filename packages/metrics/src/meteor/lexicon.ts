/**
 * What METEOR knows about English words: stems, synonyms and function words. The word lists are
 * compiled from WordNet 3.0 when the package is built and loaded when they are first asked for.
 */
import { FUNCTION_WORDS } from './function-words.js';
import { MetricResourceError } from '../metric-resource-error.js';
import { morph } from './morph.js';
import { stemEnglish } from './stem.js';
import { readWordTables, type CompiledWordNet } from './word-tables.js';

/** Keeps nothing of what it is asked: who asks for a word again and again remembers the answer. */
export interface MeteorLexicon {
  /** Porter2 stem. */
  readonly stem: (word: string) => string;
  /**
   * Synset numbers of a word and of its bases, ascending and distinct; none for an unknown word. They
   * count from 0 and stand for nothing but themselves: two words are synonyms when they share one.
   */
  readonly synsets: (word: string) => readonly number[];
  readonly isFunctionWord: (word: string) => boolean;
  /** Names the word lists in signatures. */
  readonly version: string;
}

/** The compiled word lists are not there: the package was not built. */
export class LexiconMissingError extends MetricResourceError {
  override readonly name = 'LexiconMissingError';

  constructor(cause: unknown) {
    super(
      'lexicon-missing',
      "METEOR's word lists (dist/wordnet.js of @capgrid/metrics) cannot be loaded. " +
        'Make them with `npm run build:server` in the checkout.',
      { cause },
    );
  }
}

let loading: Promise<MeteorLexicon> | null = null;

/** The same lexicon for every caller. Throws LexiconMissingError where the package was not built. */
export function loadMeteorLexicon(): Promise<MeteorLexicon> {
  loading ??= importLexicon(() => import('#wordnet'));
  return loading;
}

export async function importLexicon(
  importWordNet: () => Promise<CompiledWordNet>,
): Promise<MeteorLexicon> {
  let compiled: CompiledWordNet;
  try {
    compiled = await importWordNet();
  } catch (cause) {
    throw new LexiconMissingError(cause);
  }
  return createMeteorLexicon(compiled);
}

function createMeteorLexicon(compiled: CompiledWordNet): MeteorLexicon {
  const tables = readWordTables(compiled);
  const basesOf = (word: string): readonly string[] => {
    const irregular = tables.basesOf(word);
    if (irregular !== undefined) return irregular;
    const base = morph(word, tables.isWord);
    return base === null ? [] : [base];
  };
  return {
    version: compiled.version,
    stem: stemEnglish,
    synsets: (word) => union([word, ...basesOf(word)].map(tables.synsetsOf)),
    isFunctionWord: (word) => FUNCTION_WORDS.has(word),
  };
}

function union(sets: readonly Uint32Array[]): number[] {
  return [...new Set(sets.flatMap((set) => [...set]))].toSorted((a, b) => a - b);
}
