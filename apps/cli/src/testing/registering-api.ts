/** An API that only keeps what is registered with it and lists it, and a context that reaches it. */
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STORE_FOLDER, storePath, type Health } from '@capgrid/contracts';
import type { z } from 'zod';
import { runCommand } from './run-command.js';

export interface RegisteringApi<Request> {
  /** What was registered, in order. */
  registered: Request[];
  /** Lines of stdout. */
  printed: string[];
  folder: string;
  /** Runs `capgrid NOUN ...args`. */
  run(...args: string[]): Promise<void>;
  /** Writes a file for a command to read; its path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
  /** A file that a command has put into the store. */
  stored(sha256: string): Promise<Buffer>;
  close(): Promise<void>;
}

/** When everything was registered. */
const CREATED_AT = '2025-01-02T03:04:05.678Z';

export async function startRegisteringApi<Request extends object>(
  noun: string,
  request: z.ZodType<Request>,
): Promise<RegisteringApi<Request>> {
  const folder = await mkdtemp(join(tmpdir(), `capgrid-${noun}-`));
  const registered: Request[] = [];
  const printed: string[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const answer = (body: unknown) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      if (incoming.url === '/healthz') {
        return answer({ status: 'ok', version: '1', parts: {} } satisfies Health);
      }
      if (incoming.method === 'GET') {
        return answer(registered.map((one) => ({ ...one, createdAt: CREATED_AT })));
      }
      const body = request.parse(JSON.parse(Buffer.concat(chunks).toString()));
      registered.push(body);
      return answer({ ...body, createdAt: CREATED_AT });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    registered,
    printed,
    folder,
    run: (...args) => runCommand({ server, home: folder, printed }, noun, args),
    write: async (name, content) => {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    stored: (sha256) => readFile(join(folder, STORE_FOLDER, storePath(sha256))),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
