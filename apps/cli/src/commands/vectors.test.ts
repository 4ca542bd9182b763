/** `capgrid vectors` against an API that only keeps what it is given. */
import { createServer, type Server } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegisterVectorsRequest, STORE_FOLDER, storePath, type Health } from '@capgrid/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Context } from '../context.js';
import { readEnv, ROOT } from '../env.js';
import { createProgram } from '../program.js';

let folder: string;
let server: Server;
let context: Context;
let printed: string[];
let registered: RegisterVectorsRequest[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-vectors-'));
  registered = [];
  printed = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = (body: unknown) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      if (request.url === '/healthz')
        return answer({ status: 'ok', version: '1', parts: {} } satisfies Health);
      const createdAt = '2025-01-02T03:04:05.678Z';
      if (request.method === 'GET') {
        return answer(registered.map((one) => ({ ...one, createdAt })));
      }
      const body = RegisterVectorsRequest.parse(JSON.parse(Buffer.concat(chunks).toString()));
      registered.push(body);
      return answer({ ...body, createdAt });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const read = readEnv();
  if ('problems' in read) throw new Error(read.problems.join());
  context = {
    env: { ...read.env, home: folder, apiUrl: `http://127.0.0.1:${port}`, hasUnicode: false },
    root: ROOT,
    terminal: {
      print: (text) => void printed.push(text),
      tell: () => undefined,
      redraw: () => undefined,
      isLive: false,
      hasStyle: false,
      columns: null,
    },
    finish: () => undefined,
  };
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

async function run(...args: string[]): Promise<void> {
  const program = await createProgram(context, 'vectors');
  await program.parseAsync(['vectors', ...args], { from: 'user' });
}

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

test('text is put into the store, registered and listed', async () => {
  const path = await write('glove.txt', 'a 1 2 3\ndog 4 5 6\n');
  await run('add', '--vectors', path, '--name', 'glove');
  expect(printed).toEqual(['glove: 2 words, width 3']);
  expect(registered).toMatchObject([{ name: 'glove', words: 2, width: 3 }]);
  const words = storePath(registered[0]?.wordsSha256 ?? '');
  expect(await readFile(join(folder, STORE_FOLDER, words), 'utf8')).toBe('["a","dog"]');
  printed.length = 0;
  await run('list');
  const digest = registered[0]?.vectorsSha256.slice(0, 12);
  expect(printed.join()).toMatch(new RegExp(`glove +2 +3 +${digest ?? 'none'} +2025-01-02 03:04`));
});

test('safetensors come with a list of their words', async () => {
  const header = '{"vectors":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}  ';
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const bytes = Buffer.concat([length, Buffer.from(header), Buffer.alloc(8)]);
  const files = [await write('v.safetensors', bytes), await write('w.json', '{"words":["a","b"]}')];
  const [vectors = '', words = ''] = files;
  await run('add', '--vectors', vectors, '--words', words, '--name', 'small');
  expect(registered).toMatchObject([{ name: 'small', words: 2, width: 1 }]);
});

test('what cannot be read is told, and nothing is registered', async () => {
  const path = await write('glove.txt', 'a 1 2 3\ndog 4 x 6\n');
  await expect(run('add', '--vectors', path, '--name', 'glove')).rejects.toThrow(
    `Line 2 of ${path} has "x" for a number.`,
  );
  const absent = join(folder, 'absent.txt');
  await expect(run('add', '--vectors', absent, '--name', 'glove')).rejects.toMatchObject({
    exitCode: 2,
    message: `Cannot read ${absent}: there is no such file.`,
  });
  expect(registered).toEqual([]);
});
