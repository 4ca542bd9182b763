import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { runCommand } from './run-command.mjs';

const node = (script: string): string[] => [process.execPath, '-e', script];
const LIMIT_MS = 20_000;

it('collects stdout and stderr and the exit code', async () => {
  const result = await runCommand(
    node('console.log("out"); console.error("err"); process.exit(3)'),
    {
      cwd: import.meta.dirname,
      limitMs: LIMIT_MS,
      isLive: false,
    },
  );
  expect(result).toMatchObject({ exitCode: 3, isOverLimit: false });
  expect(result.output.split('\n').toSorted()).toEqual(['', 'err', 'out']);
});

it('adds variables to the environment and takes others away', async () => {
  const script = 'console.log(process.env.CAPGRID_GIVEN, process.env.PATH)';
  const result = await runCommand(node(script), {
    cwd: import.meta.dirname,
    limitMs: LIMIT_MS,
    isLive: false,
    env: { CAPGRID_GIVEN: 'yes', PATH: undefined },
  });
  expect(result.output).toBe('yes undefined\n');
});

it('ends a command at its limit, together with the processes it started', async () => {
  // The grandchild connects here; its end shows as the end of the connection.
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const grandchild = `require('node:net').connect(${port}, '127.0.0.1'); setTimeout(() => {}, 60_000)`;
  const child = `
    require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}]);
    setTimeout(() => {}, 60_000);`;
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const running = runCommand(node(child), {
    cwd: import.meta.dirname,
    limitMs: 3_000,
    isLive: false,
  });
  const [connection] = await connected;
  const ended = once(
    connection.resume().on('error', () => {}),
    'close',
  );
  expect(await running).toMatchObject({ exitCode: null, isOverLimit: true });
  await ended;
  server.close();
}, 30_000);

it('ends a command when the run is interrupted', async () => {
  const interrupted = new AbortController();
  const running = runCommand(node('setTimeout(() => {}, 60_000)'), {
    cwd: import.meta.dirname,
    limitMs: LIMIT_MS,
    isLive: false,
    signal: interrupted.signal,
  });
  interrupted.abort('SIGINT');
  expect(await running).toMatchObject({ exitCode: null, isOverLimit: false });
});
