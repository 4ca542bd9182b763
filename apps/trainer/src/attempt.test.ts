/** Real processes and real HTTP; only what the child computes is scripted. */
import { EncoderSpec, FailRequest, HeartbeatRequest, type FeaturesWork } from '@capgrid/contracts';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { runAttempt, type AttemptOutcome } from './attempt.js';
import { startContractServer, type ContractServer } from './testing/contract-server.js';
import { NO_SCORING_FILES } from './testing/tiny-dataset.js';

const HEARTBEAT_MS = 100;
const servers: ContractServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function workFor(script: string): FeaturesWork {
  const sha = 'b'.repeat(64);
  return {
    kind: 'features',
    datasetDigest: sha,
    limit: null,
    encoder: EncoderSpec.parse({ kind: 'plan', name: script }),
    plan: { planSha256: sha, weightsSha256: sha },
    precomputedSha256: null,
  };
}

interface Run {
  server: ContractServer;
  outcome: Promise<AttemptOutcome>;
  stop: AbortController;
}

async function serve(script: string, heartbeatEveryMs = HEARTBEAT_MS): Promise<ContractServer> {
  const server = await startContractServer({ work: workFor(script), heartbeatEveryMs });
  servers.push(server);
  return server;
}

async function run(script: string, heartbeatEveryMs = HEARTBEAT_MS): Promise<Run> {
  const server = await serve(script, heartbeatEveryMs);
  const stop = new AbortController();
  return { server, outcome: attempt(server, stop), stop };
}

function attempt(
  server: ContractServer,
  stop: AbortController,
  log = pino({ level: 'silent' }),
  childFile = new URL('./testing/scripted-child.mjs', import.meta.url),
): Promise<AttemptOutcome> {
  const options = {
    client: { baseUrl: server.url },
    trainer: 'test',
    childFile,
    store: '/nowhere',
    engine: 'cpu' as const,
    engineOptions: { threads: 1, device: null, strictFloat32: false },
    scoringFiles: NO_SCORING_FILES,
    log,
    stopBudgetMs: 300,
  };
  return runAttempt('t1', options, stop.signal);
}

function failureOf(body: unknown) {
  return FailRequest.parse(body).failure;
}

describe('an attempt', () => {
  it('reports the result of the child with its token', async () => {
    const { server, outcome } = await run('finish');
    expect(await outcome).toBe('finished');
    expect(await server.seen('finish')).toMatchObject({
      token: 'token-1',
      result: { kind: 'features', images: 1 },
    });
  });

  it('does nothing when the task is not to be had', async () => {
    const { server, outcome } = await run('finish');
    await outcome;
    const writes = server.writes.length;
    expect(await attempt(server, new AbortController())).toBe('not-claimed');
    expect(server.writes).toHaveLength(writes);
  });

  it('keeps its heartbeat while the child blocks its own event loop', async () => {
    const { server, outcome } = await run('block');
    const beat = HeartbeatRequest.parse(await server.seen('heartbeat', 12));
    expect(beat.progress).toMatchObject({ phase: 'train', done: 7 });
    server.command = 'cancel';
    expect(await outcome).toBe('cancelled');
  });

  it('kills the child and says so when the heartbeat answers cancel', async () => {
    const { server, outcome } = await run('idle');
    await server.seen('heartbeat');
    server.command = 'cancel';
    expect(await outcome).toBe('cancelled');
    expect(server.writes.at(-1)).toEqual({ name: 'cancelled', body: { token: 'token-1' } });
  });
});

describe('an answer in words of another release', () => {
  it('to a claim is an error of this trainer, which does not ask again', async () => {
    const server = await serve('finish');
    server.faulty = new Set(['claim']);
    server.fault = 'garble';
    await expect(attempt(server, new AbortController())).rejects.toMatchObject({
      code: 'unexpected-answer',
      message: expect.stringContaining('same release'),
    });
    expect(server.writes.map(({ name }) => name)).toEqual(['claim']);
  });

  it('to a heartbeat ends the attempt and stands in the log', async () => {
    const server = await serve('idle');
    server.faulty = new Set(['heartbeat']);
    server.fault = 'garble';
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line) => lines.push(line) });
    expect(await attempt(server, new AbortController(), log)).toBe('lost');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      event: 'heartbeat.rejected',
      err: { message: expect.stringContaining('same release') },
    });
  });
});

describe('a child that dies', () => {
  it('by its own exit code fails the attempt with its last words', async () => {
    const { server, outcome } = await run('exit-3');
    expect(await outcome).toBe('failed');
    const failure = failureOf(await server.seen('fail'));
    expect(failure).toMatchObject({ code: 'child-crashed', isRetryable: true });
    expect(failure.message).toContain('exited with code 3');
    expect(failure.message).toContain('the last words');
  });

  it('of a full heap fails the attempt for good', async () => {
    const { server, outcome } = await run('heap-full');
    expect(await outcome).toBe('failed');
    expect(failureOf(await server.seen('fail'))).toMatchObject({
      code: 'out-of-memory',
      isRetryable: false,
    });
  });

  it('in native code fails the attempt with the trials, the op, the shapes and the last step', async () => {
    const { server, outcome } = await run('native-crash');
    expect(await outcome).toBe('failed');
    const request = await server.seen('fail');
    expect(request).toMatchObject({ engine: { name: 'cpu', version: 'tfjs 4' } });
    const failure = failureOf(request);
    expect(failure).toMatchObject({ code: 'native-crash', isRetryable: true, step: 11 });
    expect(failure.message).toBe(
      'The native engine crashed (SIGSEGV) in MatMul with [2, 3] float32, [3, 4] float32 ' +
        'while it computed trials 3, 4 of sweep "attention". ' +
        'CAPGRID_ENGINE=wasm computes it without native code.',
    );
  });

  it('without a word fails the attempt with the signal and the trials', async () => {
    const { server, outcome } = await run('silent-crash');
    expect(await outcome).toBe('failed');
    expect(failureOf(await server.seen('fail'))).toMatchObject({
      code: 'child-crashed',
      message:
        'The computing process of trials 3, 4 of sweep "attention" was ended by SIGSEGV. ' +
        'It wrote nothing to stderr.',
      step: null,
    });
  });

  it('with a typed error keeps its code and step', async () => {
    const { server, outcome } = await run('fail');
    expect(await outcome).toBe('failed');
    expect(failureOf(await server.seen('fail'))).toEqual({
      code: 'loss-not-finite',
      message: 'NaN',
      isRetryable: false,
      step: 12,
    });
  });

  it('before it was started fails the attempt', async () => {
    const server = await serve('idle');
    // Node throws at once, as it does where the system has no memory for another process.
    const nowhere = new URL('http://127.0.0.1/child.js');
    const log = pino({ level: 'silent' });
    expect(await attempt(server, new AbortController(), log, nowhere)).toBe('failed');
    expect(failureOf(await server.seen('fail'))).toMatchObject({
      code: 'child-crashed',
      isRetryable: true,
      message: expect.stringMatching(
        /^The computing process of trials 3, 4 of sweep "attention" could not be started: .*file/,
      ),
    });
  });

  it('or speaks nonsense fails the attempt', async () => {
    const { server, outcome } = await run('gibberish');
    expect(await outcome).toBe('failed');
    expect(failureOf(await server.seen('fail')).code).toBe('child-message-invalid');
  });
});

describe('reports', () => {
  const steps = Array.from({ length: 300 }, (_, step) => step);

  it('arrive in order, with the checkpoint behind the points before it', async () => {
    const { server, outcome } = await run('report');
    expect(await outcome).toBe('finished');
    expect(server.points().map((point) => point.step)).toEqual(steps);
    const names = server.writes.map(({ name }) => name).filter((name) => name !== 'heartbeat');
    // Points may travel in more than one request.
    const runs = names.filter((name, i) => name !== names[i - 1]);
    expect(runs).toEqual(['claim', 'points', 'checkpoints', 'points', 'finish']);
  });

  it('are kept while the API is away and sent once it is back', async () => {
    const { server, outcome } = await run('report', 2000);
    server.faulty = new Set(['points', 'checkpoints', 'finish']);
    server.fault = 'refuse';
    await server.seen('heartbeat');
    expect(server.points()).toEqual([]);
    server.fault = 'none';
    expect(await outcome).toBe('finished');
    expect(server.points().map((point) => point.step)).toEqual(steps);
  });

  it('whose answer was lost are sent again and count once', async () => {
    const { server, outcome } = await run('report', 2000);
    server.faulty = new Set(['points']);
    server.fault = 'swallow';
    await server.seen('points', 2);
    server.fault = 'none';
    expect(await outcome).toBe('finished');
    expect(server.points().map((point) => point.step)).toEqual(steps);
  });

  it('of the result that the API refuses fail the attempt', async () => {
    const { server, outcome } = await run('finish');
    server.faulty = new Set(['finish']);
    server.fault = 'reject';
    expect(await outcome).toBe('failed');
    expect(failureOf(await server.seen('fail')).code).toBe('report-refused');
  });

  it('that the API refuses fail the attempt at once', async () => {
    const { server, outcome } = await run('stream');
    server.faulty = new Set(['points']);
    server.fault = 'reject';
    expect(await outcome).toBe('failed');
    expect(failureOf(await server.seen('fail')).code).toBe('report-refused');
  });
});

describe('a lease', () => {
  it('that was given away ends the attempt without another write', async () => {
    const { server, outcome } = await run('stream');
    await server.seen('points', 2);
    server.supersede();
    const written = server.writes.length;
    expect(await outcome).toBe('lost');
    expect(server.writes.slice(written)).toEqual([]);
  });

  it('outlasts a heartbeat that is never answered', async () => {
    const { server, outcome } = await run('idle');
    await server.seen('heartbeat');
    server.faulty = new Set(['heartbeat']);
    server.fault = 'hang';
    const beats = server.writes.filter(({ name }) => name === 'heartbeat').length;
    await server.seen('heartbeat', beats + 1);
    server.fault = 'none';
    // More than the lease lasts after the one before.
    await server.seen('heartbeat', beats + 8);
    server.command = 'cancel';
    expect(await outcome).toBe('cancelled');
  });

  it('that cannot be renewed ends the attempt within its length', async () => {
    const { server, outcome } = await run('stream');
    await server.seen('heartbeat');
    server.faulty = new Set(['heartbeat', 'points', 'fail', 'finish']);
    server.fault = 'refuse';
    const since = performance.now();
    expect(await outcome).toBe('lost');
    // Three heartbeats of 100 ms after the last good one; the rest is the child's end.
    expect(performance.now() - since).toBeLessThan(3000);
    server.fault = 'none';
    expect(server.writes.filter(({ name }) => name === 'fail')).toEqual([]);
  });
});

describe('a stopping trainer', () => {
  it('gets a checkpoint from the child before it ends', async () => {
    const { server, outcome, stop } = await run('stoppable');
    await server.seen('heartbeat', 2);
    stop.abort();
    expect(await outcome).toBe('stopped');
    expect(await server.seen('checkpoints')).toMatchObject({ step: 42 });
    expect(await server.seen('cancelled')).toEqual({ token: 'token-1' });
  });

  it('kills a child that does not stop within the budget', async () => {
    const { server, outcome, stop } = await run('block');
    await server.seen('heartbeat', 2);
    stop.abort();
    expect(await outcome).toBe('stopped');
  });
});
