/**
 * A computing process whose behaviour is named by its work order (`encoder.name`), to see how the
 * parent takes it. It speaks the messages of child-messages.ts.
 */
process.on('disconnect', () => process.exit(1));
const sha256 = 'a'.repeat(64);
const result = {
  kind: 'features',
  featuresSha256: sha256,
  encoderSha256: null,
  regions: 1,
  channels: 1,
  images: 1,
  engine: null,
};
const tell = (message) => process.send(message);
const idle = () => setInterval(() => {}, 60_000);
const point = (step) => ({ name: 'train/loss', step, value: 1 / (step + 1) });
const progress = (done) =>
  tell({
    type: 'progress',
    progress: { phase: 'train', done, total: 100, loss: 0.5, secondsLeft: 1 },
  });

const scripts = {
  finish: () => {
    tell({ type: 'result', result });
  },
  /** Computes without ever giving the event loop a turn. */
  block: () => {
    progress(7);
    setTimeout(() => {
      const until = performance.now() + 60_000;
      while (performance.now() < until);
    }, 50);
  },
  idle: () => {
    progress(1);
    idle();
  },
  'exit-3': () => {
    process.stderr.write('the last words\n', () => process.exit(3));
  },
  /** What V8 does when its heap is full. */
  'heap-full': () => {
    process.stderr.write(
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n',
      () => process.abort(),
    );
  },
  /** What the signal handler of the native engine writes before the process dies of the signal. */
  'native-crash': () => {
    const engine = { name: 'cpu', version: 'tfjs 4', device: 'cpu', threads: 1, blas: null };
    tell({ type: 'engine', engine });
    progress(9);
    tell({ type: 'points', points: [point(11)] });
    process.stderr.write(
      'capgrid-native: crashed in MatMul with [2, 3] float32, [3, 4] float32 (SIGSEGV)\n',
      () => process.kill(process.pid, 'SIGSEGV'),
    );
  },
  /** Native code crashes between two operations, where its signal handler knows nothing. */
  'silent-crash': () => {
    process.kill(process.pid, 'SIGSEGV');
  },
  fail: () => {
    const failure = { code: 'loss-not-finite', message: 'NaN', isRetryable: false, step: 12 };
    tell({ type: 'failure', failure });
  },
  /** 300 points, a checkpoint in their middle, then the result. */
  report: () => {
    for (let step = 0; step < 150; step += 1) tell({ type: 'points', points: [point(step)] });
    tell({ type: 'checkpoint', step: 150, stateSha256: sha256 });
    for (let step = 150; step < 300; step += 1) tell({ type: 'points', points: [point(step)] });
    tell({ type: 'result', result });
  },
  /** Reports for ever. */
  stream: () => {
    let step = 0;
    setInterval(() => {
      tell({ type: 'points', points: [point(step)] });
      step += 1;
    }, 20);
  },
  /** Writes a checkpoint when asked to stop. */
  stoppable: () => {
    progress(1);
    idle();
    process.on('message', (message) => {
      if (message.type !== 'stop') return;
      tell({ type: 'checkpoint', step: 42, stateSha256: sha256 });
      tell({ type: 'stopped' });
    });
  },
  gibberish: () => {
    tell({ type: 'progress', progress: 'half' });
    idle();
  },
};

process.once('message', (start) => scripts[start.work.encoder.name]());
