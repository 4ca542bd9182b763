import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillWithSweeps } from './scenes.js';
import { type Stage, startStage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  fillWithSweeps(stage.api);
}, 120_000);
afterAll(() => stage.stop());

/** `fetch` sets the Host header itself. */
async function ask(path: string, host: string): Promise<{ status: number; text: string }> {
  const request = get(`${stage.baseUrl}${path}`, { headers: { host } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const text = (await response.setEncoding('utf8').toArray()).join('');
  return { status: response.statusCode ?? 0, text };
}

test.each(['/', '/launch', '/api/sweeps'])(
  '%s is not shown to a site whose name resolves to this machine',
  async (path) => {
    const { host } = new URL(stage.baseUrl);
    expect((await ask(path, host)).status).toBe(200);

    const { status, text } = await ask(path, 'evil.example:7421');
    expect(status).toBe(403);
    expect(text).toContain('is not a name of this dashboard');
    expect(text).not.toContain('<html');
  },
);

test.each(['/sweeps/none', '/trials/none', '/nowhere'])(
  '%s, where nothing is, answers 404',
  async (path) => {
    const { status, text } = await ask(path, 'localhost');
    expect(text).toContain('There is nothing at this address');
    expect(status).toBe(404);
  },
);
