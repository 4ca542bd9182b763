/**
 * A small HTTP server that speaks the task protocol of `@capgrid/contracts` and remembers every
 * accepted write, so that a test can see what a trainer sent, and when. It also breaks on demand.
 */
import { EventEmitter, on } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { routes, type Claim, type Point, type Problem, type Work } from '@capgrid/contracts';

const WRITES = {
  claim: routes.claimTask.body,
  heartbeat: routes.heartbeat.body,
  points: routes.pushPoints.body,
  checkpoints: routes.pushCheckpoint.body,
  finish: routes.finishAttempt.body,
  fail: routes.failAttempt.body,
  cancelled: routes.cancelledAttempt.body,
} as const;
export type WriteName = keyof typeof WRITES;

export interface Write {
  name: WriteName;
  body: unknown;
}

export interface ContractServerOptions {
  work: Work;
  heartbeatEveryMs: number;
}

export interface ContractServer {
  url: string;
  /** Accepted writes in the order of their arrival. */
  writes: Write[];
  /** Points as the API would keep them: each (name, step) once. */
  points(): Point[];
  /** Resolves with the next accepted write of this name, also one that has happened already. */
  seen(name: WriteName, count?: number): Promise<unknown>;
  /** What heartbeats answer from now on. */
  command: 'continue' | 'cancel';
  /** Work of the next claim. */
  work: Work;
  /** From now on every token is stale. */
  supersede(): void;
  /**
   * `refuse`: connections break before anything is read. `swallow`: writes are taken, but the answer
   * never arrives: the connection breaks. `hang`: the same, but the connection stays open.
   * `reject`: 400. `garble`: writes are taken, and the answer is one that no release gives.
   */
  fault: 'none' | 'refuse' | 'swallow' | 'hang' | 'reject' | 'garble';
  /** Faults apply to these writes only. */
  faulty: ReadonlySet<WriteName>;
  close(): Promise<void>;
}

const TOKEN = 'token-1';

export async function startContractServer(options: ContractServerOptions): Promise<ContractServer> {
  const events = new EventEmitter();
  const claimed = new Set<string>();
  let token = TOKEN;
  const http = createServer((request, response) => {
    void answer(request, response);
  });

  const accept = (name: WriteName, body: unknown): unknown => {
    server.writes.push({ name, body });
    events.emit('write');
    const { heartbeatEveryMs } = options;
    const { work } = server;
    if (name === 'heartbeat') return { command: server.command };
    if (name !== 'claim') return null;
    return {
      attemptId: `a${claimed.size}`,
      token,
      leaseMs: 6 * heartbeatEveryMs,
      heartbeatEveryMs,
      trials: 'trials 3, 4 of sweep "attention"',
      work,
    } satisfies Claim;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = writeNameOf(request.url ?? '');
    const isFaulty = server.faulty.has(name);
    if (server.fault === 'refuse' && isFaulty) return void request.socket.destroy();
    const text = await readText(request);
    const parsed = WRITES[name].safeParse(JSON.parse(text));
    if (!parsed.success) return problem(response, 400, 'invalid', parsed.error.message);
    if (server.fault === 'reject' && isFaulty) return problem(response, 400, 'invalid', 'no');
    if (name !== 'claim' && 'token' in parsed.data && parsed.data.token !== token) {
      return problem(response, 409, 'stale-token', 'another attempt owns this task');
    }
    if (name === 'claim') {
      const taskId = (request.url ?? '').split('/').at(-2) ?? '';
      if (claimed.has(taskId)) {
        return problem(response, 409, 'not-claimable', 'the task is running or over');
      }
      claimed.add(taskId);
    }
    const body = accept(name, parsed.data);
    if (server.fault === 'swallow' && isFaulty) return void request.socket.destroy();
    if (server.fault === 'hang' && isFaulty) return;
    if (server.fault === 'garble' && isFaulty) return void response.writeHead(200).end('{}');
    response.writeHead(body === null ? 204 : 200, { 'content-type': 'application/json' });
    response.end(body === null ? undefined : JSON.stringify(body));
  };

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const named = (name: WriteName): unknown[] =>
    server.writes.filter((write) => write.name === name).map((write) => write.body);

  const server: ContractServer = {
    url: `http://127.0.0.1:${port}`,
    writes: [],
    points: () => {
      const kept = new Map<string, Point>();
      for (const body of named('points')) {
        for (const point of routes.pushPoints.body.parse(body).points) {
          const key = `${point.name} ${point.step}`;
          if (!kept.has(key)) kept.set(key, point);
        }
      }
      return [...kept.values()];
    },
    seen: async (name, count = 1) => {
      const changes = on(events, 'write');
      while (named(name).length < count) await changes.next();
      await changes.return?.();
      return named(name)[count - 1];
    },
    command: 'continue',
    work: options.work,
    supersede: () => {
      token = 'token-2';
    },
    fault: 'none',
    faulty: new Set<WriteName>(),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}

function writeNameOf(path: string): WriteName {
  const last = path.split('/').at(-1) ?? '';
  if (isWriteName(last)) return last;
  throw new RangeError(`no such route: ${path}`);
}

function isWriteName(name: string): name is WriteName {
  return Object.hasOwn(WRITES, name);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function problem(response: ServerResponse, status: number, code: string, detail: string): void {
  const body: Problem = { type: 'about:blank', title: code, status, detail, code };
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(body));
}
