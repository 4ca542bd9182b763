/** The built program as a user starts it. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { createDatabase, dropDatabase } from './testing/databases.js';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const isBuilt = existsSync(program);
if (!isBuilt) console.warn('skipped: the start of the API needs dist/main.js, run the build first');

const LogLine = z.object({ message: z.object({ event: z.string(), url: z.string().optional() }) });

describe.skipIf(!isBuilt)('dist/main.js', () => {
  const name = `api_main_${randomBytes(4).toString('hex')}`;
  let databaseUrl: string;
  let home: string;
  beforeAll(async () => {
    databaseUrl = await createDatabase(inject('postgresUrl'), name);
    home = await mkdtemp(join(tmpdir(), 'capgrid-home-'));
  });
  afterAll(async () => {
    await dropDatabase(inject('postgresUrl'), name);
    await rm(home, { recursive: true, force: true });
  });

  const start = (env: Record<string, string>): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, [program], { env: { CAPGRID_HOME: home, ...env } });
  const refusal = async (env: Record<string, string>): Promise<[number, string]> => {
    const child = start(env);
    const [[code], stderr] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
    return [z.number().parse(code), stderr];
  };

  test('without an environment names what is missing and exits 2', async () => {
    const [code, stderr] = await refusal({ API_PORT: 'http' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/DATABASE_URL: .*\n\s+API_PORT: must be a number/);
  });

  test('without a database says so without telling the password, and exits 2', async () => {
    const [code, stderr] = await refusal({ DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/none' });
    expect(code).toBe(2);
    expect(stderr).toContain('Check DATABASE_URL and that Postgres runs.');
    expect(stderr).not.toContain('secret');
  });

  test('with a scoring file that is not there names its setting and exits 2', async () => {
    const [code, stderr] = await refusal({
      DATABASE_URL: databaseUrl,
      CAPGRID_METEOR_PARAPHRASES: join(home, 'paraphrase-en.gz'),
    });
    expect(code).toBe(2);
    expect(stderr).toContain('CAPGRID_METEOR_PARAPHRASES names a file that cannot be read (ENOENT');
  });

  test('on a taken port says so in one sentence and exits 2', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = z.object({ port: z.number() }).parse(other.address());
    const [code, stderr] = await refusal({ DATABASE_URL: databaseUrl, API_PORT: String(port) });
    other.close();
    expect(code).toBe(2);
    expect(stderr).toBe(
      `Port ${port} of 127.0.0.1 is taken; stop the other program or set API_PORT to a free port.\n`,
    );
  });

  test('migrates an empty database, answers, and ends well on SIGTERM with a connection open', async () => {
    const child = start({ DATABASE_URL: databaseUrl, API_PORT: '0' });
    const url = await listeningUrl(child);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'ok' }]);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

async function listeningUrl(child: ChildProcessWithoutNullStreams): Promise<string> {
  let rest = '';
  for await (const chunk of child.stdout) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { message } = LogLine.parse(JSON.parse(line));
      if (message.event === 'api.listening' && message.url !== undefined) return message.url;
    }
  }
  throw new Error('the API ended before it listened');
}
