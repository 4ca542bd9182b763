/**
 * Speaks the contracts in the place of the API, for states of the dashboard that a real sweep passes
 * in an instant or never. Every answer is checked against the schema of its route.
 */
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  checkSweep,
  ComparisonQuery,
  expandSweep,
  type Point,
  PredictionsQuery,
  type Problem,
  routes,
  type ScoreName,
  type TrialStatus,
} from '@capgrid/contracts';
import { imageOf, predictionsOf } from './fixture-captions.js';
import { comparisonOf, resultsOf } from './fixture-results.js';
import { type FixtureSweep, progressOf, sweepOf, trialsOf } from './fixture-sweep.js';
import { trialOf } from './fixture-trial.js';

type RouteName = keyof typeof routes;
type Asked = { params: Record<string, string>; query: URLSearchParams; body: unknown };
type Handlers = {
  [Name in RouteName]?: (asked: Asked) => ReturnType<(typeof routes)[Name]['answer']['parse']>;
};

class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

export class FixtureApi {
  readonly sweeps = new Map<string, FixtureSweep>();
  readonly points: Point[] = curves();
  /** By training, where it has others. */
  readonly pointsOf = new Map<string, Point[]>();
  /** What was asked, with the key of a launch: `POST /api/sweeps 3f…`. */
  readonly asked: string[] = [];
  /** Row, from 1, that is refused as a baseline. */
  unfitBaseline: number | null = null;
  private readonly streams = new EventEmitter();
  private readonly listeners = new Map<string, Set<ServerResponse>>();
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** Resolves once someone listens to the events of a sweep or training. */
  async heard(id: string): Promise<void> {
    if ((this.listeners.get(id)?.size ?? 0) === 0) await once(this.streams, `open ${id}`);
  }

  /** Resolves once nobody listens to anything. */
  async quiet(): Promise<void> {
    while ([...this.listeners.values()].some(({ size }) => size > 0)) {
      await once(this.streams, 'close');
    }
  }

  /** Changes trials and tells everyone who listens to the sweep. */
  setStatuses(sweepId: string, statuses: [number, TrialStatus][]): void {
    const sweep = this.sweep(sweepId);
    for (const [number, status] of statuses) sweep.statuses.set(number, status);
    this.send(sweepId, 'progress', progressOf(sweep));
  }

  sendPoints(trainingId: string, points: Point[]): void {
    this.points.push(...points);
    this.send(trainingId, 'points', points);
  }

  /** Cuts the event streams, as a restart of the API does. */
  cutStreams(): void {
    for (const responses of this.listeners.values()) {
      for (const response of responses) response.destroy();
    }
  }

  private send(id: string, event: string, data: unknown): void {
    for (const response of this.listeners.get(id) ?? []) {
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }
  }

  private sweep(sweepId: string | undefined): FixtureSweep {
    const sweep = this.sweeps.get(sweepId ?? '');
    if (sweep === undefined) throw refuse(404, 'not-found', `there is no sweep ${sweepId}`);
    return sweep;
  }

  private trial(trialId: string) {
    const [sweepId, number] = trialId.split('-');
    const trial = trialOf(this.sweep(sweepId), Number(number));
    if (trial === null) throw refuse(404, 'not-found', `there is no trial ${trialId}`);
    return trial;
  }

  private readonly handlers: Handlers = {
    listSweeps: () => ({
      sweeps: [...this.sweeps.values()].map((sweep) => {
        const { spec: _spec, factors: _factors, dropped: _dropped, ...summary } = sweepOf(sweep);
        return summary;
      }),
      nextCursor: null,
    }),
    getSweep: ({ params }) => sweepOf(this.sweep(params['sweepId'])),
    listTrials: ({ params }) => ({ trials: trialsOf(this.sweep(params['sweepId'])) }),
    getResults: ({ params }) => resultsOf(this.sweep(params['sweepId'])),
    compareResults: ({ params, query }) => {
      const sweep = this.sweep(params['sweepId']);
      const wanted = ComparisonQuery.parse(Object.fromEntries(query));
      const row = Number(wanted.baseline) + 1;
      if (row === this.unfitBaseline) {
        throw refuse(400, 'unfit-baseline', `Row ${row} cannot be the baseline`);
      }
      return comparisonOf(sweep, wanted);
    },
    previewSweep: ({ body }) => {
      const { cells, factors, dropped, notes } = expandSweep(specOf(body));
      const trainings = new Set(cells.map(({ spec }) => JSON.stringify(spec.training))).size;
      const pending = cells.length === 0 ? 0 : 2;
      const reused = cells.length === 0 ? 0 : 1;
      return {
        trials: cells.length,
        trainings,
        newTrainings: trainings - pending - reused,
        pendingTrainings: pending,
        reusedTrainings: reused,
        newEvaluations: cells.length - reused,
        pendingEvaluations: 0,
        reusedEvaluations: reused,
        newFeatureSets: 0,
        pendingFeatureSets: 0,
        reusedFeatureSets: 1,
        factors,
        cells: cells.map(({ assignment, seed }, index) => ({
          assignment,
          seed,
          isReused: index === 0,
        })),
        dropped,
        notes,
      };
    },
    launchSweep: ({ body }) => {
      const spec = specOf(body);
      if (spec.dataset === 'absent') {
        throw refuse(422, 'unknown-dataset', 'there is no dataset "absent"; import it first');
      }
      const id = `swp_new${this.sweeps.size}`;
      this.sweeps.set(id, {
        id,
        text: JSON.stringify(spec),
        statuses: new Map(Array.from({ length: 100 }, (_, index) => [index + 1, 'queued'])),
        hasPublished: false,
        launchedAt: '2026-11-21T09:05:00.000Z',
      });
      return sweepOf(this.sweep(id));
    },
    cancelSweep: ({ params }) => {
      const sweep = this.sweep(params['sweepId']);
      for (const { number, status } of trialsOf(sweep)) {
        if (status === 'queued' || status === 'training') sweep.statuses.set(number, 'cancelled');
      }
      return sweepOf(sweep);
    },
    retrySweep: ({ params }) => {
      const sweep = this.sweep(params['sweepId']);
      for (const { number, status } of trialsOf(sweep)) {
        if (status === 'failed' || status === 'cancelled') sweep.statuses.set(number, 'queued');
      }
      return sweepOf(sweep);
    },
    getTrial: ({ params }) => this.trial(params['trialId'] ?? ''),
    listPoints: ({ params }) => ({
      points: this.pointsOf.get(params['trainingId'] ?? '') ?? this.points,
    }),
    listPredictions: ({ params, query }) => {
      const { sort, search, offset, limit } = PredictionsQuery.parse(Object.fromEntries(query));
      const { spec } = this.trial(params['trialId'] ?? '');
      const found = predictionsOf(spec).filter(({ caption, references }) =>
        [caption, ...references].some((text) => text.includes(search)),
      );
      const sign = sort.startsWith('-') ? -1 : 1;
      const key = sort.replace('-', '') as 'image' | ScoreName;
      if (key !== 'image')
        found.sort((a, b) => sign * ((a.scores[key] ?? 0) - (b.scores[key] ?? 0)));
      return { total: found.length, predictions: found.slice(offset, offset + limit) };
    },
  };

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const key = request.headers['idempotency-key'];
    this.asked.push(
      [request.method, url.pathname, ...(typeof key === 'string' ? [key] : [])].join(' '),
    );
    const image = /^\/api\/images\/([0-9a-f]{64})$/.exec(url.pathname)?.[1];
    if (image !== undefined) {
      response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(imageOf(image));
      return;
    }
    const stream = /^\/api\/(sweeps|trainings)\/([^/]+)\/events$/.exec(url.pathname);
    if (stream !== null) {
      this.openStream(stream[1] ?? '', stream[2] ?? '', response);
      return;
    }
    try {
      const found = matchRoute(request.method, url.pathname);
      const handler = found === null ? undefined : this.handlers[found.name];
      if (found === null || handler === undefined) {
        throw refuse(404, 'not-found', `nothing at ${url.pathname}`);
      }
      const body: unknown = request.method === 'POST' ? await readJson(request) : null;
      const answer = handler({ params: found.params, query: url.searchParams, body });
      const checked: unknown = routes[found.name].answer.parse(answer);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(checked));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response
        .writeHead(error.problem.status, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify(error.problem));
    }
  }

  private openStream(kind: string, id: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    const listeners = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, listeners.add(response));
    response.on('close', () => {
      listeners.delete(response);
      this.streams.emit('close');
    });
    this.streams.emit(`open ${id}`);
    if (kind === 'sweeps') this.send(id, 'progress', progressOf(this.sweep(id)));
    else this.send(id, 'points', this.points);
  }
}

function matchRoute(
  method: string | undefined,
  pathname: string,
): { name: RouteName; params: Record<string, string> } | null {
  for (const name of Object.keys(routes) as RouteName[]) {
    const route = routes[name];
    const pattern = new RegExp(`^${route.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
    const match = pattern.exec(pathname);
    if (match !== null && route.method === method) return { name, params: { ...match.groups } };
  }
  return null;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length === 0 ? null : JSON.parse(Buffer.concat(parts).toString('utf8') || 'null');
}

function specOf(body: unknown) {
  const parsed = checkSweep((body as { spec: unknown }).spec);
  if (parsed.isValid) return parsed.spec;
  throw refuse(422, 'bad-spec', 'the spec has faults', parsed.issues);
}

function refuse(status: number, code: string, detail: string, issues?: Problem['issues']): Refusal {
  const problem = { type: 'about:blank', title: code, status, detail, code };
  return new Refusal(issues === undefined ? problem : { ...problem, issues });
}

/** A loss that falls with noise, and twelve validations. */
function curves(): Point[] {
  const losses = Array.from({ length: 1128 }, (_, step) => ({
    name: 'train/loss' as const,
    step: step + 1,
    value: 0.32 + 3.4 * Math.exp(-step / 140) + 0.05 * Math.sin(step * 1.7) * Math.sin(step * 0.31),
  }));
  const perplexities = Array.from({ length: 12 }, (_, index) => ({
    name: 'val/perplexity' as const,
    step: (index + 1) * 94,
    value: 2.6 + 6 * Math.exp(-index / 2) + (index > 10 ? 0.06 : 0),
  }));
  return [...losses, ...perplexities];
}
