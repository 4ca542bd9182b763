/**
 * Porter2, the English stemmer of Snowball, which METEOR's stem module compares words by.
 *
 * M. F. Porter, "The English (Porter2) stemming algorithm", snowballstem.org/algorithms/english. The
 * version is the one of METEOR 1.5; later ones of Snowball changed a few words.
 */

interface Ending {
  readonly ending: string;
  readonly replacement: string;
  /** Characters one of which must stand before the ending. */
  readonly after?: string;
}

/** Where the regions R1 and R2 start. */
interface Regions {
  readonly r1: number;
  readonly r2: number;
}

const VOWELS = 'aeiouy';
const DOUBLES = new Set(['bb', 'dd', 'ff', 'gg', 'mm', 'nn', 'pp', 'rr', 'tt']);

const WHOLE_WORDS = new Map([
  ...'skis:ski skies:sky dying:die lying:lie tying:tie idly:idl gently:gentl ugly:ugli early:earli'
    .concat(' only:onli singly:singl')
    .split(' ')
    .map((pair): [string, string] => [pair.split(':')[0] ?? '', pair.split(':')[1] ?? '']),
  ...'sky news howe atlas cosmos bias andes'
    .split(' ')
    .map((word): [string, string] => [word, word]),
]);
const DONE_AFTER_PLURAL = new Set(
  'inning outing canning herring earring proceed exceed succeed'.split(' '),
);
const R1_PREFIXES = ['gener', 'commun', 'arsen'];

const STEP_2 = longestFirst(
  'tional:tion enci:ence anci:ance abli:able entli:ent izer:ize ization:ize ational:ate ation:ate ' +
    'ator:ate alism:al aliti:al alli:al fulness:ful ousli:ous ousness:ous iveness:ive iviti:ive ' +
    'biliti:ble bli:ble fulli:ful lessli:less ogi:og:l li::cdeghkmnrt',
);
const STEP_3 = longestFirst(
  'tional:tion ational:ate alize:al icate:ic iciti:ic ical:ic ful: ness: ative:',
);
const STEP_4 = longestFirst(
  'al: ance: ence: er: ic: able: ible: ant: ement: ment: ent: ism: ate: iti: ous: ive: ize: ion::st',
);

/** The stem of a word in lower case. */
export function stemEnglish(word: string): string {
  if (word.length <= 2) return word;
  const whole = WHOLE_WORDS.get(word);
  if (whole !== undefined) return whole;

  const marked = markConsonantY(word.startsWith("'") ? word.slice(1) : word);
  const regions = findRegions(marked);
  let stem = removePlural(marked.replace(/'s'$|'s$|'$/, ''));
  if (!DONE_AFTER_PLURAL.has(stem)) {
    stem = removeEdAndIng(stem, regions);
    stem = replaceFinalY(stem);
    stem = replaceEnding(stem, STEP_2, regions.r1);
    stem = replaceStep3(stem, regions);
    stem = replaceEnding(stem, STEP_4, regions.r2);
    stem = removeFinalLetter(stem, regions);
  }
  return stem.replaceAll('Y', 'y');
}

/** `ending:replacement:after`, parted by blanks. */
function longestFirst(text: string): Ending[] {
  return text
    .split(' ')
    .map((entry): Ending => {
      const [ending = '', replacement = '', after] = entry.split(':');
      return after === undefined ? { ending, replacement } : { ending, replacement, after };
    })
    .toSorted((a, b) => b.ending.length - a.ending.length);
}

function isVowel(letter: string | undefined): boolean {
  return letter !== undefined && letter !== '' && VOWELS.includes(letter);
}

function hasVowel(text: string): boolean {
  return /[aeiouy]/.test(text);
}

/** A y at the start or after a vowel is a consonant, written Y. */
function markConsonantY(word: string): string {
  if (!word.includes('y')) return word;
  let marked = '';
  for (let at = 0; at < word.length; at += 1) {
    const isConsonantY = word[at] === 'y' && (at === 0 || isVowel(marked[at - 1]));
    marked += isConsonantY ? 'Y' : word.charAt(at);
  }
  return marked;
}

/** R1 is what follows the first consonant after a vowel, R2 the same within R1. */
function findRegions(word: string): Regions {
  const prefix = R1_PREFIXES.find((candidate) => word.startsWith(candidate));
  const r1 = prefix === undefined ? afterVowelAndConsonant(word, 0) : prefix.length;
  return { r1, r2: afterVowelAndConsonant(word, r1) };
}

function afterVowelAndConsonant(word: string, start: number): number {
  let at = start;
  while (at < word.length && !isVowel(word[at])) at += 1;
  while (at < word.length && isVowel(word[at])) at += 1;
  return Math.min(at + 1, word.length);
}

/** A vowel between consonants at the end, the last one none of w, x, Y; or vowel and consonant alone. */
function endsInShortSyllable(word: string): boolean {
  const last = word.length - 1;
  if (last < 1 || isVowel(word[last]) || !isVowel(word[last - 1])) return false;
  return last === 1 || (!isVowel(word[last - 2]) && !'wxY'.includes(word.charAt(last)));
}

/** Step 1a. */
function removePlural(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (/ie[ds]$/.test(word)) return word.slice(0, word.length > 4 ? -2 : -1);
  if (/[us]s$/.test(word) || !word.endsWith('s')) return word;
  return hasVowel(word.slice(0, -2)) ? word.slice(0, -1) : word;
}

/** Step 1b. */
function removeEdAndIng(word: string, { r1 }: Regions): string {
  const eed = /eed(?:ly)?$/.exec(word);
  if (eed !== null) return eed.index >= r1 ? word.slice(0, eed.index + 2) : word;
  const ending = /(?:ed|ing)(?:ly)?$/.exec(word);
  if (ending === null || !hasVowel(word.slice(0, ending.index))) return word;
  const rest = word.slice(0, ending.index);
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (DOUBLES.has(rest.slice(-2))) return rest.slice(0, -1);
  return rest.length === r1 && endsInShortSyllable(rest) ? `${rest}e` : rest;
}

/** Step 1c. */
function replaceFinalY(word: string): string {
  const isReplaced = /[yY]$/.test(word) && word.length > 2 && !isVowel(word.at(-2));
  return isReplaced ? `${word.slice(0, -1)}i` : word;
}

/** Steps 2 and 4: the longest ending counts, also where it lies outside the region. */
function replaceEnding(word: string, endings: readonly Ending[], region: number): string {
  const found = endings.find(({ ending }) => word.endsWith(ending));
  if (found === undefined) return word;
  const start = word.length - found.ending.length;
  if (start < region) return word;
  if (found.after !== undefined && (start === 0 || !found.after.includes(word.charAt(start - 1)))) {
    return word;
  }
  return word.slice(0, start) + found.replacement;
}

/** Step 3, where -ative must lie in R2. */
function replaceStep3(word: string, { r1, r2 }: Regions): string {
  return replaceEnding(word, STEP_3, word.endsWith('ative') ? r2 : r1);
}

/** Step 5. */
function removeFinalLetter(word: string, { r1, r2 }: Regions): string {
  const rest = word.slice(0, -1);
  const isInR2 = rest.length >= r2;
  if (word.endsWith('e')) {
    return isInR2 || (rest.length >= r1 && !endsInShortSyllable(rest)) ? rest : word;
  }
  return word.endsWith('ll') && isInR2 ? rest : word;
}
