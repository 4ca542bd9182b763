/** `capgrid eval` as a process: what goes where, what is refused before anything is scored. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CapgridProcess } from '../e2e/capgrid-process.js';

// Each test starts processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const isRoot = process.getuid?.() === 0;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capgrid-eval-'));
  write('r.json', {
    images: [{ id: 1 }, { id: 2 }, { id: 3 }],
    annotations: [
      { image_id: 1, caption: 'A dog runs on the beach.' },
      { image_id: 2, caption: 'Two cats sleep on a red sofa.' },
      { image_id: 2, caption: 'Cats are asleep on the couch.' },
      { image_id: 3, caption: 'A man rides a horse.' },
    ],
  });
  write('a.json', captions('a dog runs on sand', 'two cats sleep', 'a man rides a horse'));
  write('b.json', captions('a dog', 'a cat on a', 'a horse'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const captions = (...list: string[]) =>
  list.map((caption, index) => ({ image_id: index + 1, caption }));

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Names of files stand for those in the test's folder, which messages leave out. */
async function evaluate(...args: string[]) {
  const own = args.map((arg) => (/^[\w-]*\.\w+$|^\.$/.test(arg) ? join(folder, arg) : arg));
  const ended = await new CapgridProcess(['eval', ...own], {}).ended();
  return { ...ended, stderr: ended.stderr.replaceAll(`${folder}/`, '').replaceAll(folder, '.') };
}

const PAIR = ['--references', 'r.json', '--candidates', 'a.json'];

describe('scores', () => {
  test('are one JSON object on stdout, and nothing else is said', async () => {
    const { exitCode, stdout, stderr } = await evaluate(...PAIR, '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const result = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
    const names = ['BLEU-1', 'BLEU-2', 'BLEU-3', 'BLEU-4', 'METEOR', 'ROUGE-L', 'CIDEr-D', 'CIDEr'];
    expect(result['images']).toBe(3);
    expect(Object.keys(result['corpus'] ?? {})).toEqual(names);
    expect(Object.keys(result['signatures'] ?? {})).toEqual(names);
    expect(result['labels']?.['METEOR']).toBe('METEOR (exact, stem, synonym)');
  });

  test('are a table for people, with METEOR named by its modules and the signatures below', async () => {
    const { exitCode, stdout } = await evaluate(...PAIR);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^━+\nmetric +score\n─+\nBLEU-1 +\d+\.\d\d\n/);
    expect(stdout).toMatch(/^METEOR \(exact, stem, synonym\) +\d+\.\d\d$/m);
    expect(stdout).toMatch(/^ {2}METEOR \(exact, stem, synonym\)\|.*images:3-/m);
  });

  test('per image stand in a file that is complete or not there', async () => {
    const { exitCode, stderr } = await evaluate(...PAIR, '--per-image', 'out.jsonl');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const lines = readFileSync(join(folder, 'out.jsonl'), 'utf8').trimEnd().split('\n');
    const images = lines.map((line) => JSON.parse(line) as { image_id: number; scores: object });
    expect(images.map(({ image_id }) => image_id)).toEqual([1, 2, 3]);
    expect(images[2]?.scores).toMatchObject({
      'BLEU-1': expect.closeTo(1, 6),
      METEOR: 1,
      Length: 5,
    });
    expect(readdirSync(folder).toSorted()).toEqual(['a.json', 'b.json', 'out.jsonl', 'r.json']);
  });

  test('of a part are given only when that is allowed, which is said', async () => {
    write('part.json', captions('a dog'));
    const part = ['--references', 'r.json', '--candidates', 'part.json'];
    const refused = await evaluate(...part);
    expect({ exitCode: refused.exitCode, stdout: refused.stdout }).toEqual({
      exitCode: 1,
      stdout: '',
    });
    const { exitCode, stdout, stderr } = await evaluate(...part, '--allow-missing', '--json');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr:
        'capgrid: part.json: left out 2 images without a candidate; 1 image left to score\n' +
        'capgrid: CIDEr and CIDEr-D of one image are 0: they weigh words by how few of the images have them\n',
    });
    write('two.json', captions('a dog', 'two cats'));
    const two = await evaluate(
      '--references',
      'r.json',
      '--candidates',
      'two.json',
      '--allow-missing',
    );
    expect(two.stderr).toBe(
      'capgrid: two.json: left out 1 image without a candidate; 2 images left to score\n' +
        'capgrid: CIDEr and CIDEr-D of 2 images cannot be compared with those of all: they weigh words by how few of the images have them\n',
    );
    const leftOut = [expect.stringContaining('left out 2 images without a candidate')];
    expect(JSON.parse(stdout)).toMatchObject({ images: 1, leftOut });
  });

  test('of two files are compared with the same digits every time', async () => {
    const compared = [...PAIR, '--compare', 'b.json', '--seed', '7', '--resamples', '200'];
    const [first, second] = [
      await evaluate(...compared, '--json'),
      await evaluate(...compared, '--json'),
    ];
    expect(first.exitCode).toBe(0);
    expect(second.stdout).toBe(first.stdout);
    const alone = await evaluate('--references', 'r.json', '--candidates', 'b.json', '--json');
    const ofB = JSON.parse(alone.stdout) as { corpus: Record<string, number> };
    const result = JSON.parse(first.stdout) as {
      corpus: Record<string, number>;
      comparison: { metrics: Record<string, Record<string, number>> };
    };
    expect(result.comparison).toMatchObject({ seed: 7, resamples: 200, generator: 'mt19937' });
    for (const [name, a] of Object.entries(result.corpus)) {
      const b = ofB.corpus[name] ?? NaN;
      const row = result.comparison.metrics[name];
      expect(row).toMatchObject({
        candidates: a,
        compare: b,
        difference: expect.closeTo(a - b, 9),
      });
    }
    const table = await evaluate(...compared);
    expect(table.stdout).toMatch(/^A: .*a\.json\nB: .*b\.json\n/);
    expect(table.stdout).toContain('200 resamples, seed 7');
  });

  test('do not depend on the order of the candidates', async () => {
    // What follows "K." decides whether the dot belongs to the letter.
    write('letters.json', {
      images: [{ id: 3 }, { id: 1 }, { id: 2 }],
      annotations: [
        { image_id: 1, caption: 'Two men hold the letter K.' },
        { image_id: 2, caption: 'A sign with the letter K.' },
        { image_id: 3, caption: 'Two cats on the letter K.' },
      ],
    });
    const entries = captions('a man and the letter K.', 'A sign with a K.', 'Two cats by a K.');
    write('ordered.json', entries);
    write('shuffled.json', [entries[1], entries[0], entries[2]]);
    const of = (name: string, ...rest: string[]) =>
      evaluate('--references', 'letters.json', '--candidates', name, '--json', ...rest);
    const ordered = await of('ordered.json', '--per-image', 'ordered.jsonl');
    const shuffled = await of('shuffled.json', '--per-image', 'shuffled.jsonl');
    expect(shuffled.stdout).toBe(ordered.stdout);
    const [first, second] = ['ordered.jsonl', 'shuffled.jsonl'].map((name) =>
      readFileSync(join(folder, name), 'utf8'),
    );
    expect(second).toBe(first);
    const lines = (first ?? '').trimEnd().split('\n');
    const ids = lines.map((line) => (JSON.parse(line) as { image_id: number }).image_id);
    expect(ids).toEqual([3, 1, 2]);
    const compared = await of('ordered.json', '--compare', 'shuffled.json');
    const { comparison } = JSON.parse(compared.stdout) as {
      comparison: { metrics: Record<string, object> };
    };
    for (const row of Object.values(comparison.metrics)) {
      expect(row).toMatchObject({
        difference: 0,
        interval: [0, 0],
        pairedBootstrap: { p: 1, holm: 1 },
        approximateRandomization: { p: 1, holm: 1 },
      });
    }
  });
});

test('the training captions may be in the file of the references', async () => {
  const entry = (cocoid: number, split: string, raw: string) => ({
    cocoid,
    split,
    sentences: [{ raw }],
  });
  write('k.json', {
    images: [
      entry(1, 'test', 'A dog runs.'),
      entry(2, 'test', 'A cat sleeps.'),
      entry(3, 'train', 'A dog runs on sand.'),
      entry(4, 'restval', 'A cow.'),
    ],
  });
  write('two.json', captions('A dog runs on sand', 'a cat'));
  const { stdout, stderr } = await evaluate(
    '--references',
    'k.json',
    '--candidates',
    'two.json',
    '--training',
    'k.json',
    '--json',
  );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ images: 2, captions: { Novel: 0.5 } });
});

describe('refused before anything is scored:', () => {
  test.each([
    ['no options', [], 2, /required option '--references <files\.\.\.>' not specified/],
    ['an unknown context', [...PAIR, '--context', 'all'], 2, /next-caption, none/],
    [
      'a file that is not there',
      ['--references', 'x.json', '--candidates', 'a.json'],
      2,
      /^capgrid: --references: Cannot read x\.json: there is no such file\.\n$/,
    ],
    [
      'a folder',
      ['--references', '.', '--candidates', 'a.json'],
      2,
      /^capgrid: --references: Cannot read \.: it is a folder, not a file\.\n$/,
    ],
    [
      'the same file twice',
      ['--references', 'r.json', '--candidates', 'r.json'],
      2,
      /^capgrid: --references and --candidates are the same file, r\.json: give each its own\.\n$/,
    ],
    [
      'a file of references twice',
      ['--references', 'r.json', 'r.json', '--candidates', 'a.json'],
      2,
      /^capgrid: --references names one file twice, r\.json: give it once\.\n$/,
    ],
    [
      'per-image scores to stdout',
      [...PAIR, '--per-image', '-'],
      2,
      /^capgrid: --per-image writes a file, and stdout has the scores: give it a name, or \.\/- to call it "-"\.\n$/,
    ],
    [
      'swapped files',
      ['--references', 'a.json', '--candidates', 'r.json'],
      2,
      /^capgrid: The files are swapped: a\.json is COCO results, r\.json is COCO annotations\. Call it with --references r\.json --candidates a\.json\.\n$/,
    ],
    [
      'a seed for nothing',
      [...PAIR, '--seed', '3'],
      2,
      /^capgrid: --seed is for --compare <file>: add that, or leave it out\.\n$/,
    ],
    [
      'too few resamples to tell anything',
      [...PAIR, '--compare', 'b.json', '--resamples', '99'],
      2,
      /give a whole number of at least 100/,
    ],
    [
      'more resamples than show in a digit',
      [...PAIR, '--compare', 'b.json', '--resamples', '1000001'],
      2,
      /give a whole number of at most 1000000/,
    ],
    [
      'per-image scores into a folder',
      [...PAIR, '--per-image', '.'],
      2,
      /^capgrid: Cannot write \.: it is a folder\. Give --per-image the name of a file\.\n$/,
    ],
    [
      'per-image scores over an input',
      [...PAIR, '--per-image', 'r.json'],
      2,
      /^capgrid: Cannot write r\.json: --per-image would replace a file that is read\. Give another name\.\n$/,
    ],
    [
      'per-image scores over a device',
      [...PAIR, '--per-image', '/dev/null'],
      2,
      /^capgrid: Cannot write \/dev\/null: it is no regular file\. /,
    ],
    [
      'a paraphrase table that is none',
      [...PAIR, '--meteor-paraphrases', 'b.json'],
      2,
      /b\.json.*line 1/,
    ],
  ])('%s', async (_, args, exitCode, message) => {
    const ended = await evaluate(...args);
    expect(ended.stderr).toMatch(message);
    expect({ exitCode: ended.exitCode, stdout: ended.stdout }).toEqual({ exitCode, stdout: '' });
  });

  test('bad captions are one sentence and exit 1', async () => {
    write('c.json', '[{"image_id": 1, "caption": "a dog",}]');
    const { exitCode, stdout, stderr } = await evaluate(
      '--references',
      'r.json',
      '--candidates',
      'c.json',
    );
    expect(stderr).toBe(
      'capgrid: c.json is not JSON, line 1, column 37: expected a name in double quotes and found "}". Mend it there, or write it again with a JSON library.\n',
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  test('per-image scores into a folder that is not there', async () => {
    const path = join(folder, 'none', 'out.jsonl');
    const { exitCode, stderr } = await evaluate(...PAIR, '--per-image', path);
    expect(stderr).toBe(
      'capgrid: Cannot write none/out.jsonl: there is no folder none. Choose another place.\n',
    );
    expect(exitCode).toBe(2);
  });

  test('what this user may not read or write', async ({ skip }) => {
    skip(isRoot, 'permissions do not stop root');
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    const written = await evaluate(...PAIR, '--per-image', join(locked, 'out.jsonl'));
    expect(written.stderr).toContain('this user may not write there');
    chmodSync(join(folder, 'a.json'), 0);
    const read = await evaluate(...PAIR);
    expect(read.stderr).toBe(
      'capgrid: --candidates: Cannot read a.json: this user may not read it.\n',
    );
    expect([written.exitCode, read.exitCode]).toEqual([2, 2]);
  });
});

test('a failed run leaves an older file of scores as it was', async () => {
  const out = write('out.jsonl', 'older\n');
  write('c.json', captions('a dog'));
  const { exitCode } = await evaluate(
    '--references',
    'r.json',
    '--candidates',
    'c.json',
    '--per-image',
    'out.jsonl',
  );
  expect(exitCode).toBe(1);
  expect(readFileSync(out, 'utf8')).toBe('older\n');
  expect(existsSync(`${out}.partial`)).toBe(false);
});
