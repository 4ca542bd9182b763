import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { pack } from 'tar-stream';
import { openImageSources } from './image-sources.js';

test('a tar file that is gone when its turn comes is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'capgrid-sources-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const tar = pack();
  tar.entry({ name: '1.jpg' }, 'bytes');
  tar.finalize();
  const path = join(folder, 'gone.tar');
  await writeFile(path, await buffer(tar));

  const files = await openImageSources([path]);
  await rm(path);

  await expect(files.next()).rejects.toMatchObject({
    code: 'image-source-unreadable',
    message: expect.stringContaining('ENOENT') as string,
  });
});
