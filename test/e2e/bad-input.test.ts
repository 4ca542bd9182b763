/** What a user gets wrong: one clear message, the right exit code, and nothing half done. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm, truncate } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { callApi, DatasetManifest, routes, storePath } from '@capgrid/contracts';
import { generateScenes, openFileStore } from '@capgrid/data';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { karpathyEntry, writeTar } from './karpathy-files.js';
import { TestStack } from './test-stack.js';
import { importTinyScenes, TINY_SWEEP } from './tiny-scenes.js';

const isRoot = process.getuid?.() === 0;

let stack: TestStack;
/** JPEG files to make datasets of. */
let photos: Buffer[];

beforeAll(async () => {
  stack = await TestStack.create();
  await stack.up();
  await importTinyScenes(stack);
  photos = await drawPhotos(6);
});
afterAll(() => stack.dispose());

async function drawPhotos(count: number): Promise<Buffer[]> {
  const folder = join(stack.home, 'photos');
  const store = await openFileStore(folder);
  const { images } = await generateScenes(store, { seed: 5, train: count, val: 1, test: 1 });
  const files = images
    .slice(0, count)
    .map(({ sha256 }) => readFile(join(folder, storePath(sha256))));
  return Promise.all(files);
}

describe('starting', () => {
  let idle: TestStack;
  beforeAll(async () => {
    idle = await TestStack.create();
  });
  afterAll(() => idle.dispose());

  test.each([
    ['CAPGRID_API_PORT', 'API'],
    ['CAPGRID_DASHBOARD_PORT', 'dashboard'],
  ])('a taken %s is one sentence that names the port, and exit 2', async (variable, part) => {
    const other = createServer();
    other.listen(Number(idle.variables[variable]), '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const { exitCode, stdout, stderr } = await idle.run('up');
      expect(stderr).toBe(
        `capgrid: Port ${port}, wanted by the ${part}, is taken by another program: stop that, or set ${variable} to another port.\n`,
      );
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    } finally {
      other.close();
      await once(other, 'close');
    }
  });

  test('a CAPGRID_HOME below a file is one sentence and exit 2', async () => {
    const file = await idle.write('file', 'not a folder');
    const { exitCode, stderr } = await idle.with({ CAPGRID_HOME: join(file, 'home') }).run('up');
    expect(stderr).toBe(
      `capgrid: The folder ${join(file, 'home')} cannot be written: give this user write permission, or set CAPGRID_HOME to a folder that can.\n`,
    );
    expect(exitCode).toBe(2);
  });

  test('a CAPGRID_HOME that this user may not write is the same', async ({ skip }) => {
    skip(isRoot, 'permissions do not stop root');
    const { exitCode, stderr } = await idle.with({ CAPGRID_HOME: '/capgrid-home' }).run('up');
    expect(stderr).toContain('capgrid: The folder /capgrid-home cannot be written: ');
    expect(exitCode).toBe(2);
  });

  test('every wrong variable is named, without its value where that may be a password', async () => {
    const wrong = { CAPGRID_API_PORT: '70000', DATABASE_URL: 'mysql://user:secret@host/x' };
    const { exitCode, stderr } = await idle.with(wrong).run('up');
    expect(stderr.trimEnd().split('\n')).toEqual([
      'capgrid: CAPGRID_API_PORT is wrong: give a port number from 1 to 65535',
      'capgrid: DATABASE_URL is wrong: give postgres://user:password@host:5432/name',
    ]);
    expect(exitCode).toBe(2);
  });

  test.each([
    [
      { CAPGRID_API_PORT: '7777', CAPGRID_DASHBOARD_PORT: '7777' },
      'CAPGRID_DASHBOARD_PORT is wrong',
    ],
    [
      { CAPGRID_ENGINE: 'abacus' },
      'CAPGRID_ENGINE is "abacus": set it to one of libtorch, wasm, cpu, tensorflow',
    ],
    // Port 1 needs rights that nobody used here.
    [{ QUEUE_URL: 'redis://:secret@127.0.0.1:1' }, 'Redis at 127.0.0.1:1 does not answer'],
  ])('%o is one sentence and exit 2, and nothing is left running', async (variables, sentence) => {
    const { exitCode, stdout, stderr } = await idle.with(variables).run('up');
    expect(stderr).toMatch(/^capgrid: .+\n$/);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('secret');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(existsSync(join(idle.home, 'run/stack.json'))).toBe(false);
  });
});

describe('a sweep spec', () => {
  test('with faults tells the path, the value and what is allowed of each', async () => {
    const file = await stack.write(
      'bad.yaml',
      [
        'name: bad',
        'dataset: scenes',
        'base:',
        '  encoder: { kind: scenes-cnn }',
        '  model: { hiden: 32 }',
        'grid:',
        '  model.attention.kind: [mlp, transformer]',
        '  decode.beam: [1, zero]',
      ].join('\n'),
    );
    const { exitCode, stdout, stderr } = await stack.run('sweep', 'launch', file);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toEqual([
      `capgrid: ${file} is no valid sweep, it has 3 faults:`,
      '  base.model.hiden is 32: unknown option; model has no "hiden" (docs/options.md lists all options)',
      '  grid.model.attention.kind is "transformer": Invalid option: expected one of "none"|"dot"|"bilinear"|"mlp"|"multihead"|"location"|"coverage"',
      '  grid.decode.beam is "zero": Invalid input: expected number, received string',
    ]);
  });

  test('of an unknown dataset is refused with the known ones', async () => {
    const file = await stack.writeSpec({ ...TINY_SWEEP, name: 'nowhere', dataset: 'flickr9k' });
    const { exitCode, stderr } = await stack.run('sweep', 'launch', file);
    expect(stderr).toContain('spec.dataset is "flickr9k": ');
    expect(stderr).toContain('there is scenes');
    expect(exitCode).toBe(2);
  });

  test('whose cells are all invalid is refused with the reason, and no sweep is made', async () => {
    const file = await stack.writeSpec({
      ...TINY_SWEEP,
      name: 'empty',
      base: {
        ...TINY_SWEEP.base,
        model: { hidden: 32, embed: 16, attention: { kind: 'multihead' } },
      },
      grid: { 'model.attention.heads': [3, 5] },
    });
    const { exitCode, stderr } = await stack.run('sweep', 'launch', file);
    expect(stderr).toContain('model.hidden (32) must be a multiple of model.attention.heads (3)');
    expect(exitCode).toBe(2);
    const { sweeps } = await callApi(stack.client, routes.listSweeps, {});
    expect(sweeps).toEqual([]);
  });

  test('that is not there is told by its path', async () => {
    const { exitCode, stderr } = await stack.run('sweep', 'preview', 'no-such.yaml');
    expect(stderr).toBe('capgrid: Cannot read no-such.yaml: there is no such file.\n');
    expect(exitCode).toBe(2);
  });

  test.each(['status', 'results', 'cancel', 'retry'])(
    'unknown to %s: the message names it and where to look',
    async (verb) => {
      const { exitCode, stderr } = await stack.run('sweep', verb, 'swp_nowhere');
      expect(stderr).toBe(
        'capgrid: No sweep has the id or name "swp_nowhere": ./capgrid sweep list shows them.\n',
      );
      expect(exitCode).toBe(1);
    },
  );

  test('and an unknown command is usage, exit 2', async () => {
    const { exitCode, stderr } = await stack.run('sweep', 'luanch', 'x.yaml');
    expect(stderr).toContain("unknown command 'luanch'");
    expect(exitCode).toBe(2);
  });
});

describe('an import', () => {
  test('does not replace another dataset of the name unless it is told to', async () => {
    const other = ['dataset', 'import', 'scenes', '--seed', '9', '--train', '2', '--val', '1'];
    const refused = await stack.run(...other, '--test', '1');
    expect(refused.stderr).toBe(
      'capgrid: The name "scenes" stands for another dataset already: choose another name with --name, or add --replace.\n',
    );
    expect(refused.exitCode).toBe(2);
    const replaced = await stack.run(...other, '--test', '1', '--replace');
    expect(replaced.stdout).toMatch(/^scenes: 2 train, 1 val, 1 test images/);

    const demo = await stack.run('demo');
    expect(demo.stderr).toMatch(
      /^capgrid: The name "scenes" stands for another dataset already: give its place to the demo with .+\.$/m,
    );
    expect(demo.exitCode).toBe(2);
  });

  test.each(['--json', '--images'])('names a path after %s that is not there', async (option) => {
    const json = await stack.write('there.json', { images: [] });
    const paths = { '--json': json, '--images': json, [option]: '/no/such/path' };
    const { exitCode, stderr } = await importKarpathy('x', paths['--json'], paths['--images']);
    expect(stderr).toBe('capgrid: Cannot read /no/such/path: there is no such file.\n');
    expect(exitCode).toBe(2);
  });

  test('sets broken and missing images aside, lists them, and takes the rest', async () => {
    const [first, second, third, fourth] = photos;
    if (!first || !second || !third || !fourth) throw new Error('too few photos');
    const images = writeTar(stack.home, 'mixed', {
      'a.jpg': first,
      'b.jpg': second,
      'cut.jpg': third.subarray(0, third.length / 2),
      'text.jpg': Buffer.from('this is no picture'),
      'empty.jpg': Buffer.alloc(0),
      'd.jpg': fourth,
    });
    const names = ['a', 'b', 'cut', 'text', 'empty', 'missing', 'd'];
    const splits = ['train', 'train', 'train', 'train', 'train', 'val', 'test'];
    const json = await stack.write('mixed.json', {
      images: names.map((name, at) => karpathyEntry(`${name}.jpg`, at, splits[at] ?? 'train')),
    });

    const { exitCode, stdout, stderr } = await importKarpathy('mixed', json, images);

    expect(exitCode).toBe(0);
    for (const name of ['cut', 'text', 'empty', 'missing']) {
      expect(stderr).toMatch(new RegExp(`^quarantined ${name}\\.jpg: \\S`, 'm'));
    }
    expect(stdout).toBe('mixed: 2 train, 0 val, 1 test images, 3 captions, 4 images quarantined\n');
    const dataset = (await callApi(stack.client, routes.listDatasets)).find(
      ({ name }) => name === 'mixed',
    );
    if (dataset === undefined) throw new Error('not registered');
    const path = join(stack.home, 'store', storePath(dataset.digest));
    const manifest = DatasetManifest.parse(JSON.parse(await readFile(path, 'utf8')));
    expect(manifest.images.map(({ fileName }) => fileName)).toEqual(['a.jpg', 'b.jpg', 'd.jpg']);
    expect(manifest.quarantined.map(({ fileName }) => fileName).toSorted()).toEqual([
      'cut.jpg',
      'empty.jpg',
      'missing.jpg',
      'text.jpg',
    ]);
  });

  test('refuses an id that is listed twice', async () => {
    const json = await stack.write('twice.json', {
      images: [karpathyEntry('a.jpg', 7, 'train'), karpathyEntry('b.jpg', 7, 'train')],
    });
    const { exitCode, stderr } = await importKarpathy('twice', json, someImages());
    expect(stderr).toContain(
      'lists image id 7 twice: a.jpg (id 7, split train) and b.jpg (id 7, split train). Remove one.',
    );
    expect(exitCode).toBe(1);
  });

  test('refuses a file that is in two splits', async () => {
    const json = await stack.write('leak.json', {
      images: [karpathyEntry('a.jpg', 1, 'train'), karpathyEntry('a.jpg', 2, 'test')],
    });
    const { exitCode, stderr } = await importKarpathy('leak', json, someImages());
    expect(stderr).toContain('has file a.jpg in two splits');
    expect(exitCode).toBe(1);
  });

  test('refuses the same picture under two names in two splits', async () => {
    const [photo] = photos;
    if (!photo) throw new Error('no photo');
    const images = writeTar(stack.home, 'same', { 'x.jpg': photo, 'y.jpg': photo });
    const json = await stack.write('same.json', {
      images: [karpathyEntry('x.jpg', 1, 'train'), karpathyEntry('y.jpg', 2, 'test')],
    });
    const { exitCode, stderr } = await importKarpathy('same', json, images);
    expect(stderr).toContain('The same picture is in two splits: x.jpg (train), y.jpg (test).');
    expect(exitCode).toBe(1);
  });

  test('stops at a tar file that was cut short, and goes on when it is whole', async () => {
    const entries = Object.fromEntries(photos.map((photo, at) => [`${at}.jpg`, photo]));
    const images = writeTar(stack.home, 'cut', entries);
    const whole = await readFile(images);
    const third = photos[2] ?? Buffer.alloc(0);
    const json = await stack.write('cut.json', {
      images: Object.keys(entries).map((name, at) =>
        karpathyEntry(name, at, at === 0 ? 'test' : 'train'),
      ),
    });
    await truncate(images, whole.indexOf(third) + Math.floor(third.length / 2));

    const cut = await importKarpathy('cut', json, images);
    expect(cut.stderr).toContain(`Cannot read images from ${images}: `);
    expect(cut.exitCode).toBe(1);
    const { length } = (await callApi(stack.client, routes.listDatasets)).filter(
      ({ name }) => name === 'cut',
    );
    expect(length).toBe(0);

    await rm(images);
    await stack.write('cut.tar', whole);
    const again = await importKarpathy('cut', json, images);
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toContain('cut: 5 train');
  });
});

function importKarpathy(name: string, json: string, images: string) {
  const options = ['--json', json, '--images', images, '--name', name];
  return stack.run('dataset', 'import', 'karpathy', ...options);
}

function someImages(): string {
  const [first, second] = photos;
  if (!first || !second) throw new Error('too few photos');
  return writeTar(stack.home, 'some', { 'a.jpg': first, 'b.jpg': second });
}
