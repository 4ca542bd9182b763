import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBinaries, restoreLinks } from './binaries.js';

test('npm has installed initdb and postgres for this platform', async () => {
  const { root, version } = await findBinaries();

  expect(version).toMatch(/^18\./);
  await access(join(root, 'bin', 'initdb'));
  await access(join(root, 'bin', 'postgres'));
});

test('links that npm did not make are made, and existing ones left alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'capgrid-binaries-'));
  try {
    await mkdir(join(folder, 'native', 'lib'), { recursive: true });
    await writeFile(join(folder, 'native', 'lib', 'libpq.so.5.18'), 'library');
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    await writeFile(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links));

    await restoreLinks(folder);
    await restoreLinks(folder);

    expect(await readFile(join(folder, 'native', 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
  } finally {
    await rm(folder, { recursive: true });
  }
});
