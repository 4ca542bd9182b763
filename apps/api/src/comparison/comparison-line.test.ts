import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ComparisonLine } from './comparison-line.js';
import type { ComparedPredictions } from './compare-predictions.js';

const ANSWER: ComparedPredictions = {
  test: 'welch',
  comparisons: 0,
  smallestAdjustedP: null,
  confidence: 0.95,
  generator: 'mt19937',
  images: 2,
  rows: [],
};
const stays = new AbortController().signal;

/** A computation that ends when it is told to, or stopped. */
function computation() {
  const seen = { started: 0, stopped: 0, finish: () => {}, fail: () => {} };
  const compute = (stop: AbortSignal): Promise<ComparedPredictions> => {
    seen.started += 1;
    return new Promise((resolve, reject) => {
      seen.finish = () => resolve(ANSWER);
      seen.fail = () => reject(new Error('thread died'));
      stop.addEventListener('abort', () => {
        seen.stopped += 1;
        reject(new Error('stopped'));
      });
    });
  };
  return { seen, compute };
}

test('one runs at a time, also after a failure, and askers of the same share it', async () => {
  const line = new ComparisonLine();
  const [first, second] = [computation(), computation()];
  const one = line.ask('a', stays, first.compute);
  const too = line.ask('a', stays, first.compute);
  const other = line.ask('b', stays, second.compute);
  await wait(5);
  expect([first.seen.started, second.seen.started]).toEqual([1, 0]);
  first.seen.fail();
  await expect(one).rejects.toThrow('thread died');
  await expect(too).rejects.toThrow('thread died');
  await wait(5);
  expect(second.seen.started).toBe(1);
  second.seen.finish();
  expect(await other).toEqual(ANSWER);
});

test('what runs is stopped when the last asker has gone, not before', async () => {
  const line = new ComparisonLine();
  const [left, right] = [new AbortController(), new AbortController()];
  const { seen, compute } = computation();
  const one = line.ask('a', left.signal, compute);
  const too = line.ask('a', right.signal, compute);
  await wait(5);
  left.abort();
  await expect(one).rejects.toMatchObject({ status: 499 });
  expect(seen.stopped).toBe(0);
  right.abort();
  await expect(too).rejects.toMatchObject({ code: 'comparison-abandoned' });
  expect(seen.stopped).toBe(1);
});

test('what waits is dropped when its asker has gone, and computed when asked for again', async () => {
  const line = new ComparisonLine();
  const [first, second] = [computation(), computation()];
  const gone = new AbortController();
  const running = line.ask('a', stays, first.compute);
  const dropped = line.ask('b', gone.signal, second.compute);
  gone.abort();
  await expect(dropped).rejects.toMatchObject({ status: 499 });
  const again = line.ask('b', stays, second.compute);
  first.seen.finish();
  await running;
  await wait(5);
  expect(second.seen.started).toBe(1);
  second.seen.finish();
  expect(await again).toEqual(ANSWER);
});

test('the ninth is told to come back, and finds a place when one has left', async () => {
  const line = new ComparisonLine();
  const gone = new AbortController();
  const { compute } = computation();
  const asked = Array.from({ length: 8 }, (_, index) =>
    line.ask(`${index}`, gone.signal, compute).catch(() => 'left'),
  );
  await expect(line.ask('ninth', stays, compute)).rejects.toMatchObject({
    status: 429,
    code: 'too-many-comparisons',
    message: expect.stringContaining('8 comparisons'),
  });
  gone.abort();
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['left']));
  const last = computation();
  const answer = line.ask('ninth', stays, last.compute);
  await wait(5);
  last.seen.finish();
  expect(await answer).toEqual(ANSWER);
});

test('closing stops all', async () => {
  const line = new ComparisonLine();
  const { seen, compute } = computation();
  const one = line.ask('a', stays, compute);
  const two = line.ask('b', stays, compute);
  await wait(5);
  line.close();
  await expect(one).rejects.toThrow('stopped');
  await expect(two).rejects.toMatchObject({ status: 499 });
  expect(seen).toMatchObject({ started: 1, stopped: 1 });
});
