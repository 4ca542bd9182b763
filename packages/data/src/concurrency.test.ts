import { expect, test } from 'vitest';
import { forEachConcurrently, mapConcurrently } from './concurrency.js';

test('runs at most the limit at a time and keeps the order of results', async () => {
  let running = 0;
  let most = 0;
  const results = await mapConcurrently([30, 10, 20, 0, 5], 2, async (value) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < value; turn += 1) await Promise.resolve();
    running -= 1;
    return value * 2;
  });
  expect(results).toEqual([60, 20, 40, 0, 10]);
  expect(most).toBe(2);
});

test('throws the first failure after the others under way have ended', async () => {
  const events: string[] = [];
  const visiting = forEachConcurrently(['slow', 'bad', 'later', 'never'], 2, async (item) => {
    if (item === 'bad') throw new Error('bad item');
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    events.push(item);
  });
  await expect(visiting).rejects.toThrow('bad item');
  expect(events).toEqual(['slow']);
});
