import { describe, expect, it } from 'vitest';
import { tokenizeCaption, tokenizeCaptions, tokenizeWithPunctuation } from './tokenize-captions.js';

describe('tokens of captions', () => {
  it('are lower-cased, without punctuation, contractions split', () => {
    expect(tokenizeCaption("A dog's owner doesn't look, it's late.")).toBe(
      "a dog 's owner does n't look it 's late",
    );
  });

  it('keep brackets and runs of signs, which coco-caption does not drop', () => {
    expect(tokenizeCaption('a sign (red) !!')).toBe('a sign -lrb- red -rrb- !!');
  });

  it('are none in an empty caption', () => {
    expect(tokenizeCaptions(['', ' ', '.'])).toEqual(['', '', '']);
    expect(tokenizeCaptions([])).toEqual([]);
  });

  it('depend on the beginning of the next caption, as in the one file of coco-caption', () => {
    const captions = ['a sign reads K.', 'A dog.', 'a sign reads K.', 'Two dogs.'];
    expect(tokenizeCaptions(captions)).toEqual([
      'a sign reads k',
      'a dog',
      'a sign reads k.',
      'two dogs',
    ]);
    expect(tokenizeCaptions(captions, { context: 'none' })).toEqual(captions.map(tokenizeCaption));
    expect(tokenizeCaption('a sign reads K.')).toBe('a sign reads k.');
  });

  it('miss the line break behind the last caption, which a clitic needs', () => {
    expect(tokenizeCaptions(["we'll", "we'll"])).toEqual(["we 'll", 'we ll']);
    expect(tokenizeCaption("we'll")).toBe("we 'll");
  });

  it.for(['\n', '\r', '\r\n', '\v', '\f', '\u0085', '\u2028', '\u2029'])(
    'stay on one line when a caption holds the line break %j',
    (lineBreak) => {
      expect(tokenizeCaptions([`A cat${lineBreak}on a bed.`, 'A bus.'])).toEqual([
        'a cat on a bed',
        'a bus',
      ]);
    },
  );
});

describe('the rules beyond the recorded answers', () => {
  it.for([
    // [text, tokens with punctuation]
    ['cannot cannots gonna', 'can not cannots gon na'],
    ["'tis 'twas 'tissue", "'t is 't was ` tissue"],
    ["O'Neill O’Neill jack-o'-lantern", "o'neill o'neill jack-o ' - lantern"],
    ["they'd've shouldn’t", "they 'd 've should n't"],
    ["Ka'anapali Moloka'i", "ka'anapali moloka'i"],
    ['<img alt="a dog" src=x.png/> <3', '<img\u00A0alt="a\u00A0dog"\u00A0src=x.png/> < 3'],
    ['&Eacute;cole caf&eacute;s', '&eacute;cole caf&eacute;s'],
    ['see https://example.org/a,b. Then', 'see https://example.org/a,b . then'],
    ['mail jane.doe@example.co.uk, now', 'mail jane.doe@example.co.uk , now'],
    ['IMG_0042.JPG dog-2.tar.gz.', 'img_0042.jpg dog-2.tar.gz .'],
    ['3 1/2-inch 2,000-pound 3.5-inch', '3\u00A01/2 - inch 2,000-pound 3.5-inch'],
    ['A$5 £5 ₤', 'a$ 5 # 5 ₤'],
    ['Mass. mass. Miss. miss.', 'mass. mass . miss. miss .'],
    ['Gen. Lee, Sgt. York', 'gen. lee , sgt. york'],
    ['U.S.-based', 'u.s.-based'],
    ['“it” ‘is’ «so»', "`` it '' ` is ' `` so ''"],
    [':-( =D ;p :x', ':--lrb- =d ;p : x'],
    ['dog..b dog.....b dog.......b', 'dog . . b dog ... b dog ... . . b'],
  ] as const)('read %j', ([text, tokens]) => {
    expect(tokenizeWithPunctuation(text)).toBe(tokens);
  });
});
