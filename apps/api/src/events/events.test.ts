import { callApi, routes, SweepProgress, type Sweep } from '@capgrid/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claim, claimNext, finish, finishAll, queuedTasks } from '../testing/fake-trainer.js';
import { registerScenes, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
let sweep: Sweep;
beforeAll(async () => {
  api = await startTestApi();
  await registerScenes(api);
  sweep = await callApi(api.client, routes.launchSweep, { body: { spec: sweepOf() } });
});
afterAll(() => api.close());

type Message = { id: string | null; event: string; data: unknown };

/** Messages of an event stream, one by one. */
async function* listen(path: string, lastEventId: string | null = null): AsyncGenerator<Message> {
  const abort = new AbortController();
  const response = await fetch(new URL(path, api.client.baseUrl), {
    signal: abort.signal,
    headers: lastEventId === null ? {} : { 'Last-Event-ID': lastEventId },
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  try {
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data === undefined) continue; // a comment
        const event = /^event: (.*)$/m.exec(block)?.[1] ?? '';
        yield { id: /^id: (.*)$/m.exec(block)?.[1] ?? null, event, data: JSON.parse(data) };
      }
    }
  } finally {
    abort.abort();
  }
}

async function next(messages: AsyncGenerator<Message>): Promise<Message> {
  const { value, done } = await messages.next();
  if (done === true) throw new Error('the stream has ended');
  return value;
}

test('a sweep tells of its progress at once and on each change, also to another API process', async () => {
  const twin = await api.startTwin();
  const messages = listen(`/api/sweeps/${sweep.id}/events`);
  const first = await next(messages);
  expect(first.event).toBe('progress');
  expect(SweepProgress.parse(first.data).trials.queued).toBe(4);
  // The change goes through the other process: Postgres carries the news.
  const [taskId = ''] = await queuedTasks(api);
  const claimed = await claim(twin, taskId);
  expect(SweepProgress.parse((await next(messages)).data).running).toMatchObject([
    { kind: 'features', label: 'features' },
  ]);
  await finish({ ...api, client: twin }, claimed);
  await finishAll(api);
  for await (const message of messages) {
    if (SweepProgress.parse(message.data).status === 'finished') break;
  }
});

test('the curve of a training goes on after the last event that was seen', async () => {
  const spec = sweepOf({ seeds: [5], grid: {} });
  const other = await callApi(api.client, routes.launchSweep, { body: { spec } });
  const { trials } = await callApi(api.client, routes.listTrials, {
    params: { sweepId: other.id },
  });
  const claimed = await claimNext(api);
  const push = (...steps: number[]) =>
    callApi(api.client, routes.pushPoints, {
      params: { attemptId: claimed.attemptId },
      body: {
        token: claimed.token,
        points: steps.map((step) => ({ name: 'train/loss' as const, step, value: 1 / step })),
      },
    });
  const path = `/api/trainings/${trials[0]?.trainingId ?? ''}/events`;
  await push(1, 2);
  const messages = listen(path);
  const first = await next(messages);
  expect(first).toMatchObject({ event: 'points', data: [{ step: 1 }, { step: 2 }] });
  await push(3);
  const second = await next(messages);
  expect(second.data).toEqual([{ name: 'train/loss', step: 3, value: 1 / 3 }]);
  await messages.return(undefined);

  await push(4);
  const resumed = listen(path, first.id);
  expect((await next(resumed)).data).toMatchObject([{ step: 3 }, { step: 4 }]);
  await resumed.return(undefined);
});
