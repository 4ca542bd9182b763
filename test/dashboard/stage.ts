/** What a browser test stands on: the fixture API, the built dashboard in front of it, a Chromium. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import sparticuz from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { FixtureApi } from './fixture-api.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const DASHBOARD = path.join(ROOT, 'apps/dashboard');
const NEXT = path.join(ROOT, 'node_modules/next/dist/bin/next');

export const RESULTS = path.join(ROOT, 'test-results/dashboard');

export type Stage = {
  api: FixtureApi;
  baseUrl: string;
  browser: Browser;
  /** A page in a browser profile of its own; collects what the browser complains about. */
  open: (address: string, options?: BrowserContextOptions) => Promise<Opened>;
  /** Ends what the last test has opened, its event streams too. */
  closePages: () => Promise<void>;
  stop: () => Promise<void>;
};

export type Opened = { page: Page; complaints: string[] };

/**
 * The package unpacks its browser into the temporary folder and takes what is there already, also
 * when another user put it there; so each user has a folder of their own.
 */
async function unpackChromium(): Promise<string> {
  const before = process.env['TMPDIR'];
  const own = path.join(tmpdir(), `capgrid-chromium-${userInfo().uid}`);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  process.env['TMPDIR'] = own;
  try {
    return await sparticuz.executablePath();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

export async function startStage(): Promise<Stage> {
  buildIfMissing();
  const api = new FixtureApi();
  await api.start();
  const { server, baseUrl } = await startDashboard(api.url);
  const browser = await chromium.launch({
    executablePath: await unpackChromium(),
    // The package's own arguments put all in one process, which ends with its first page.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--font-render-hinting=none',
    ],
  });
  return {
    api,
    baseUrl,
    browser,
    open: async (address, options = {}) => {
      const context = await browser.newContext({ baseURL: baseUrl, ...options });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(address);
      return { page, complaints };
    },
    closePages: async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
      await api.quiet();
    },
    stop: async () => {
      await browser.close();
      server.kill();
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
      await api.stop();
    },
  };
}

function buildIfMissing(): void {
  if (existsSync(path.join(DASHBOARD, '.next/BUILD_ID'))) return;
  const built = spawnSync('npm', ['run', 'build'], { cwd: DASHBOARD, encoding: 'utf8' });
  if (built.status !== 0)
    throw new Error(`the dashboard does not build:\n${built.stdout}${built.stderr}`);
}

async function startDashboard(apiUrl: string): Promise<{ server: ChildProcess; baseUrl: string }> {
  const port = await freePort();
  const server = spawn(process.execPath, [NEXT, 'start', '-H', '127.0.0.1', '-p', String(port)], {
    cwd: DASHBOARD,
    env: { ...process.env, NODE_ENV: 'production', API_URL: apiUrl, NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await readyLine(server);
  return { server, baseUrl: `http://127.0.0.1:${port}` };
}

function readyLine(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (said.includes('Ready in')) resolve();
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.once('exit', (code) => reject(new Error(`next start ended with ${code}:\n${said}`)));
  });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
