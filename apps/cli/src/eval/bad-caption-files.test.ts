/** What users get wrong in files of captions: each fault is one sentence with file, place and remedy. */
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { readCaptionFile } from './caption-file.js';
import {
  annotations,
  karpathy,
  karpathyImage,
  messageOf,
  removeFixtures,
  results,
  type Given,
  write,
} from './caption-fixtures.js';

afterAll(removeFixtures);

describe('a fault is one sentence:', () => {
  const good = { references: annotations, candidates: results };
  const utf16 = Buffer.from('\ufeff[{"image_id":1}]', 'utf16le');
  const oneDog = { image_id: 1, caption: 'the dog' };
  test.each<[string, Given, string]>([
    ['empty', { ...good, candidates: '' }, 'c is empty. Give a file with captions.'],
    ['blank', { ...good, candidates: ' \n\n' }, 'c holds only blanks. Give a file with captions.'],
    [
      'empty, packed',
      { ...good, candidates: gzipSync('') },
      'c is empty. Give a file with captions.',
    ],
    [
      'an empty list',
      { ...good, candidates: '[]' },
      'c is an empty list. Give a file with captions.',
    ],
    [
      'no images',
      { ...good, references: { images: [], annotations: [] } },
      'r has an empty list "images". Give a file with images and captions.',
    ],
    [
      'not JSON',
      { ...good, candidates: '[\n  {"image_id": 1, "caption": "a"},\n]' },
      'c is not JSON, line 3, column 1: expected a value and found "]". Mend it there, or write it again with a JSON library.',
    ],
    [
      'JSON cut short',
      { ...good, candidates: '[{"image_id": 1, "caption": "a do' },
      'c is not JSON, line 1, column 29: this string does not end. The end is missing: write or copy the file again.',
    ],
    [
      'NaN for a caption',
      { ...good, candidates: '[{"image_id": 1, "caption": NaN}]' },
      'c is not JSON, line 1, column 29: expected a value and found "NaN". Python writes NaN for a missing value: give every image a caption.',
    ],
    [
      'JSON lines',
      { ...good, candidates: '{"image_id": 1}\n{"image_id": 2}\n' },
      'c is not JSON, line 2, column 1: expected the end and found "{". One object a line is JSON Lines: make a list of it with jq -s.',
    ],
    [
      'printed by Python',
      { ...good, candidates: "[{'image_id': 1, 'caption': None}]" },
      'c is not JSON, line 1, column 3: expected a name in double quotes or "}" and found "\'". This is how Python prints: write the file with json.dump.',
    ],
    [
      'an object cut short within its first name',
      { ...good, references: '{\n  "ima' },
      'r is not JSON, line 2, column 3: this string does not end. The end is missing: write or copy the file again.',
    ],
    [
      'gzip cut short',
      { ...good, candidates: gzipSync(JSON.stringify(results)).subarray(0, -12) },
      'c is a gzip file that ends too early, after 55 bytes. Copy or download it again.',
    ],
    [
      'gzip twice',
      { ...good, candidates: gzipSync(gzipSync('a')) },
      'c is packed with gzip twice. Unpack it once with gunzip.',
    ],
    [
      'a zip archive',
      { ...good, candidates: Buffer.from('PK\u0003\u0004\u0014\u0000', 'latin1') },
      'c is a zip archive. Unpack it with unzip and give the file inside.',
    ],
    [
      'UTF-16',
      { ...good, candidates: utf16 },
      'c is UTF-16LE text, from byte 0 on, and captions are read as UTF-8. Convert it: iconv -f UTF-16LE -t UTF-8.',
    ],
    [
      'UTF-16 without a mark',
      { ...good, candidates: utf16.subarray(2) },
      'c is UTF-16LE text, from byte 0 on, and captions are read as UTF-8. Convert it: iconv -f UTF-16LE -t UTF-8.',
    ],
    [
      'Latin-1',
      { ...good, candidates: Buffer.from('[\n{"image_id":1,"caption":"a café in"}]', 'latin1') },
      'c is not UTF-8: byte 32 (line 2) is 0xe9. Save it as UTF-8; when it is Latin-1: iconv -f ISO-8859-1 -t UTF-8.',
    ],
    [
      'a caption that is null',
      { ...good, candidates: [oneDog, { image_id: 2, caption: null }] },
      'c: [1].caption is null, not a string. Give the image a caption; an empty one is "".',
    ],
    [
      'a caption that is a list',
      { ...good, candidates: [{ image_id: 1, caption: ['a dog'] }] },
      'c: [0].caption is a list, not a string. Write the caption as one string.',
    ],
    [
      'an id that is null',
      { ...good, candidates: [oneDog, { image_id: null, caption: 'a' }] },
      'c: [1].image_id is null. An id is a whole number or a string that is not empty.',
    ],
    [
      'no id at all',
      { ...good, candidates: [{ id: 5, caption: 'a' }] },
      'c: [0] has no image_id, only id, caption. Write {"image_id": 42, "caption": "a dog on a sofa"}.',
    ],
    [
      'an id beyond the exact numbers',
      { ...good, candidates: '[{"image_id": 12345678901234567890, "caption": "a"}]' },
      'c: [0].image_id is 12345678901234567000, too large for a number in JSON. Write such ids as strings in all files.',
    ],
    [
      'a string among numbers',
      {
        ...good,
        candidates: [
          { image_id: 1, caption: 'a' },
          { image_id: '2', caption: 'a' },
        ],
      },
      'c: [1].image_id is the string "2", and r has the number 2. Write it without quotes.',
    ],
    [
      'an unknown image',
      { ...good, candidates: [...results, { image_id: 99, caption: 'a' }] },
      'c: [2].image_id is 99, and r has no such image. Remove such entries, or give references that contain these images.',
    ],
    [
      'only unknown images',
      {
        ...good,
        candidates: [
          { image_id: 98, caption: 'a' },
          { image_id: 99, caption: 'a' },
        ],
      },
      'c: [0].image_id is 98, and r has no such image (and 1 more of 2). None is known: give the references of these images.',
    ],
    [
      'an image of another split',
      { references: karpathy, candidates: [...results, { image_id: 3, caption: 'a' }] },
      'c: [2].image_id is 3, and r has that image in the split "val". Remove such entries, or add --split val.',
    ],
    [
      'an image twice',
      { ...good, candidates: [...results, oneDog] },
      'c: [1] and [2] both are of image_id 1. Keep one caption per image: the best, when these are beams.',
    ],
    [
      'a missing candidate',
      { ...good, candidates: [oneDog] },
      'c has no caption for 1 of the 2 images of r: 2. Add them, or score the other 1 image with --allow-missing.',
    ],
    [
      'an image without references',
      {
        references: { ...annotations, annotations: annotations.annotations.slice(1, 2) },
        candidates: results,
      },
      'r has no caption for 1 image: 1. Add captions, or score the other 1 image with --allow-missing.',
    ],
    [
      'a caption of an image that is not listed',
      { ...good, references: { ...annotations, images: [{ id: 1 }] } },
      'r: annotations[1].image_id is 2, and "images" has no such id. Add the image there, or remove the annotation.',
    ],
    [
      'an id in quotes beside one without',
      {
        ...good,
        references: { ...annotations, annotations: [{ image_id: '1', caption: 'a' }] },
      },
      'r: annotations[0].image_id is the string "1", and "images" has the number 1. Write both with quotes, or both without.',
    ],
    [
      'an image without references, and no other one',
      { references: { images: [{ id: 1 }], annotations: [] }, candidates: [oneDog] },
      'r has no caption for 1 image: 1. Add captions.',
    ],
    [
      'an image listed twice',
      { ...good, references: { ...annotations, images: [{ id: 1 }, { id: 2 }, { id: 1 }] } },
      'r: images[2].id 1 occurs twice. List every image once, and its captions below that.',
    ],
    [
      'results as references',
      { ...good, references: results },
      'r is a list of results with one caption an image, no references. Give COCO annotations, a Karpathy split file or text files as --references.',
    ],
    [
      'references as results',
      { ...good, candidates: annotations },
      'c is COCO annotations, which hold references, not one caption an image. Give a list [{"image_id","caption"}] or a text file here, and this file as --references.',
    ],
    [
      'a split that the file has not',
      { references: karpathy, candidates: results, split: 'tset' },
      'r has no image in the split "tset", only in test (2 images), val (1 image). Choose one with --split.',
    ],
    [
      'a split of a file that has many',
      {
        references: {
          images: Array.from({ length: 7 }, (_, i) => karpathyImage('a', i, i, `fold${i}`, ['a'])),
        },
        candidates: results,
      },
      'r has no image in the split "test", only in fold0 (1 image), fold1 (1 image), fold2 (1 image), fold3 (1 image), fold4 (1 image) and 2 more. Choose one with --split.',
    ],
    [
      'ids that fit two ways',
      {
        references: {
          images: [
            karpathyImage('a', 1, 2, 'test', ['a']),
            karpathyImage('b', 2, 1, 'test', ['b']),
          ],
        },
        candidates: results,
      },
      'c has image_id where r has both cocoid and imgid, and both fit. Write "cocoid" or "imgid" in place of "image_id".',
    ],
    [
      'text beside ids',
      { ...good, candidates: 'the dog\nthe cat\n' },
      'c is plain text, whose lines have no image ids, and r is COCO annotations: give text files on both sides, or candidates as [{"image_id","caption"}].',
    ],
    [
      'fewer lines than references',
      { references: 'a\nb\n', candidates: 'a\n' },
      'c has 1 line and r 2 lines. Line n is the caption of image n: give both the same number of lines.',
    ],
    [
      'references of different length',
      { references: ['a\nb\n', 'a\n'], candidates: 'a\nb\n' },
      'r2 has 1 line and r1 has 2. Line n of each file is a caption of image n: give all the same number of lines, blank where a file has no caption.',
    ],
    [
      'a split of something else',
      { ...good, split: 'test' },
      '--split is for Karpathy split files, and r is COCO annotations: leave it out.',
    ],
    [
      'several files of references with ids',
      { references: [JSON.stringify(annotations), 'a\n'], candidates: results },
      'Several files of references are for plain text, and r1 is COCO annotations: give one file.',
    ],
  ])('%s', async (_, given, message) => {
    expect(await messageOf(given)).toBe(message);
  });

  test('an object of another kind names the formats', async () => {
    expect(await messageOf({ ...good, candidates: { 1: ['a dog'] } })).toMatch(
      /^c has no list "images"\. Captions are read from COCO annotations .*one caption a line\.$/,
    );
  });

  test('plain text in a file called .json is not JSON', async () => {
    await expect(readCaptionFile(write('c.json', 'a dog\n'))).rejects.toThrow(
      'c.json is not JSON, line 1, column 1: expected a value and found "a".',
    );
  });
});
