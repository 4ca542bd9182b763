/** Values of other types than those stated, as programs in JavaScript pass them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { describeCaptions, meanPerplexity, measureNovelty } from './caption-statistics.js';
import { scoreBleu } from './bleu.js';
import { scoreCider, scoreCiderD } from './cider.js';
import { countDocumentFrequencies } from './document-frequencies.js';
import { loadMeteorLexicon, type MeteorLexicon } from './meteor/lexicon.js';
import { createMeteor, scoreMeteor } from './meteor/meteor.js';
import { parseParaphrases } from './meteor/parse-paraphrases.js';
import { runSpice } from './node/spice.js';
import { tokenizeCaption, tokenizeCaptions } from './ptb/tokenize-captions.js';
import { scoreRougeL } from './rouge-l.js';
import { scoreCaptions } from './score-captions.js';
import { tokenizeItems } from './tokenize-items.js';

let lexicon: MeteorLexicon;
beforeAll(async () => {
  lexicon = await loadMeteorLexicon();
});

/** Calls with whatever is given, as without types. */
function call(program: (...given: never[]) => unknown, ...given: unknown[]): unknown {
  return (program as (...given: unknown[]) => unknown)(...given);
}

function expectRefusal(act: () => unknown, code: string, message: string): void {
  expect(act).toThrow(expect.objectContaining({ name: 'MetricInputError', code, message }));
}

const ITEM = { imageId: '1', candidate: 'a', references: ['a'] };
const SHAPE = '{ imageId, candidate, references }';

describe('scoreCaptions refuses', () => {
  it.each<[unknown, string, string]>([
    [null, 'invalid-input', `items is null; pass a list of ${SHAPE}.`],
    [undefined, 'invalid-input', `items is undefined; pass a list of ${SHAPE}.`],
    [{ 1: ITEM }, 'invalid-input', `items is an object; pass a list of ${SHAPE}.`],
    [[null], 'invalid-input', `items[0] is null; pass an object ${SHAPE}.`],
    [[ITEM, 'a'], 'invalid-input', `items[1] is the string "a"; pass an object ${SHAPE}.`],
    [
      [{ ...ITEM, imageId: 1 }],
      'invalid-input',
      'items[0].imageId is the number 1; pass a string, here "1".',
    ],
    [[{}], 'invalid-input', 'items[0].imageId is undefined; pass a string.'],
    [
      [{ ...ITEM, references: 'a' }],
      'invalid-input',
      'references of image "1" is the string "a"; pass a list of strings.',
    ],
    [
      [{ ...ITEM, references: ['a', 5] }],
      'invalid-caption',
      'A caption of image "1" is the number 5; captions are strings, and an empty caption is "".',
    ],
    [
      [{ imageId: '1', references: ['a'] }],
      'invalid-caption',
      'A caption of image "1" is undefined; captions are strings, and an empty caption is "".',
    ],
    [
      [{ ...ITEM, perplexity: '5' }],
      'invalid-perplexity',
      'The perplexity at index 0 is the string "5"; it must be a finite number of at least 1: exp ' +
        'of the mean negative log-probability of the words.',
    ],
  ])('%j', (items, code, message) => {
    expectRefusal(() => call(scoreCaptions, items), code, message);
  });

  it.each<[unknown, string, string]>([
    [null, 'invalid-input', 'options is null; pass an object of options, or nothing.'],
    [[], 'invalid-input', 'options is a list of 0; pass an object of options, or nothing.'],
    [
      { context: 'all' },
      'invalid-input',
      'context is the string "all"; pass "next-caption" or "none".',
    ],
    [{ meteor: {} }, 'invalid-input', 'meteor is an object; pass what createMeteor makes.'],
    [
      { trainingCaptions: 'a' },
      'invalid-input',
      'trainingCaptions is the string "a"; pass a list of strings.',
    ],
    [
      { trainingCaptions: ['a', null] },
      'invalid-caption',
      'trainingCaptions[1] is null; captions are strings, and an empty caption is "".',
    ],
    [
      { documentFrequencies: { documentCount: 1, counts: {} } },
      'invalid-input',
      'documentFrequencies is an object; pass what countDocumentFrequencies makes.',
    ],
    [
      { spice: Promise.resolve() },
      'invalid-input',
      'spice is a promise, not what it resolves to; pass what runSpice resolves to.',
    ],
  ])('the options %j', (options, code, message) => {
    expectRefusal(() => call(scoreCaptions, [ITEM], options), code, message);
  });

  it('captions by the same words as tokenizeItems and runSpice', async () => {
    const message = `items is null; pass a list of ${SHAPE}.`;
    expectRefusal(() => call(tokenizeItems, null, 'none'), 'invalid-input', message);
    await expect(call(runSpice)).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(call(runSpice, { items: [ITEM] })).rejects.toMatchObject({
      code: 'invalid-input',
      message: 'jar is undefined; pass the path of spice-1.0.jar.',
    });
  });
});

describe('createMeteor refuses', () => {
  it('to be made of nothing, or of a lexicon that is still loading', () => {
    const wanted = 'pass what loadMeteorLexicon() resolves to.';
    const noObject = 'resources is undefined; pass an object { lexicon }.';
    expectRefusal(() => call(createMeteor), 'invalid-input', noObject);
    expectRefusal(() => call(createMeteor, {}), 'invalid-input', `lexicon is undefined; ${wanted}`);
    expectRefusal(
      () => call(createMeteor, { lexicon: loadMeteorLexicon() }),
      'invalid-input',
      `lexicon is a promise, not what it resolves to; ${wanted}`,
    );
  });

  it('all that readParaphrases resolves to, and says to pass its table', () => {
    const file = { table: parseParaphrases('0.5\na\nb\n'), sha256: '' };
    expect(createMeteor({ lexicon, paraphrases: file.table }).label).toBe('METEOR');
    expectRefusal(
      () => call(createMeteor, { lexicon, paraphrases: file }),
      'invalid-paraphrase-table',
      'paraphrases is all that readParaphrases resolves to; pass the table in it: ' +
        'const { table } = await readParaphrases(path), then paraphrases: table.',
    );
    expectRefusal(
      () => call(createMeteor, { lexicon, paraphrases: 'paraphrase-en.gz' }),
      'invalid-paraphrase-table',
      'paraphrases is the string "paraphrase-en.gz"; pass the table that parseParaphrases makes, ' +
        'or the table in what readParaphrases resolves to.',
    );
  });

  it('modules that METEOR does not have', () => {
    expectRefusal(
      () => call(createMeteor, { lexicon, modules: ['exact', 'stemm'] }),
      'invalid-meteor-modules',
      'METEOR has no module "stemm"; it has exact, stem, synonym, paraphrase.',
    );
    expectRefusal(
      () => call(createMeteor, { lexicon, modules: 'exact' }),
      'invalid-input',
      'modules is the string "exact"; pass a list of exact, stem, synonym, paraphrase.',
    );
  });
});

describe('of tokenised captions', () => {
  it.each<[string, (...given: never[]) => unknown]>([
    ['scoreBleu', scoreBleu],
    ['scoreRougeL', scoreRougeL],
    ['scoreCider', scoreCider],
    ['scoreCiderD', scoreCiderD],
    ['scoreMeteor', scoreMeteor],
  ])('%s takes lists of strings only', (_, score) => {
    const ofStrings = 'candidates is the string "a"; pass a list of strings.';
    expectRefusal(() => call(score, 'a', ['a']), 'invalid-input', ofStrings);
    const ofLists = 'references[0] is the string "a"; pass a list of strings.';
    expectRefusal(() => call(score, ['a'], ['a']), 'invalid-input', ofLists);
    expectRefusal(
      () => call(score, ['a'], [[null]]),
      'invalid-caption',
      'references[0][0] is null; captions are strings, and an empty caption is "".',
    );
    expect(() => call(score, ['a'])).toThrow('references is undefined;');
  });

  it('the others do too', () => {
    expect(() => call(describeCaptions, 'a')).toThrow('captions is the string "a";');
    expect(() => call(measureNovelty, ['a'], 'a')).toThrow('training is the string "a";');
    expect(() => call(meanPerplexity, 5)).toThrow('perplexities is the number 5;');
    expect(() => call(countDocumentFrequencies, null)).toThrow('references is null;');
    expect(() => call(tokenizeCaption, 5)).toThrow('The caption is the number 5;');
    expect(() => call(tokenizeCaptions, 'a b')).toThrow('captions is the string "a b";');
    expect(() => call(tokenizeCaptions, ['a'], null)).toThrow('options is null;');
    expect(() => call(scoreMeteor, ['a'], [['a']])).toThrow('meteor is undefined;');
    const meteor = createMeteor({ lexicon });
    const score = (...given: [string, string[]]) => meteor.score(...given);
    expect(() => call(score, 'a', 'a')).toThrow('references is the string "a";');
  });
});
