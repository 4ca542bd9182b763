/** A stack of a test's own: new folder, free ports, started by `capgrid up`, cleared away at the end. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  callApi,
  routes,
  type ApiClient,
  type SweepSpecInput,
  type Trial,
} from '@capgrid/contracts';
import { findFreePort, stopPostgres } from '@capgrid/postgres';
import { CapgridProcess, ROOT, type Ended } from './capgrid-process.js';
import { descendantsOf, killIfAlive } from './processes.js';

/** What a test reads of `run/stack.json`. */
interface StackFile {
  supervisor: { pid: number };
  parts: { name: string; pid: number }[];
}

const POLL_MS = 50;

export class TestStack {
  private readonly started: CapgridProcess[] = [];

  private constructor(
    readonly home: string,
    readonly variables: Record<string, string>,
    readonly apiUrl: string,
    readonly dashboardUrl: string,
  ) {}

  /** Nothing is started yet. */
  static async create(): Promise<TestStack> {
    if (!existsSync(join(ROOT, 'apps/dashboard/.next/BUILD_ID'))) {
      throw new Error('The dashboard is not built: run npm run build first.');
    }
    const home = await mkdtemp(join(tmpdir(), 'capgrid-e2e-'));
    // mkdtemp closes the folder to others; as root Postgres runs under another user.
    await chmod(home, 0o755);
    const [apiPort, dashboardPort] = [await findFreePort(), await findFreePort()];
    const variables = {
      CAPGRID_HOME: home,
      CAPGRID_API_PORT: String(apiPort),
      CAPGRID_DASHBOARD_PORT: String(dashboardPort),
    };
    const address = (port: number) => `http://127.0.0.1:${port}`;
    return new TestStack(home, variables, address(apiPort), address(dashboardPort));
  }

  get client(): ApiClient {
    return { baseUrl: this.apiUrl };
  }

  /** The same with other variables. */
  with(variables: Record<string, string>): Pick<TestStack, 'run'> {
    const run = (...args: string[]) => this.launch(args, variables).ended();
    return { run };
  }

  /** Starts a command and goes on. */
  start(...args: string[]): CapgridProcess {
    return this.launch(args, {});
  }

  /** Runs a command to its end. */
  run(...args: string[]): Promise<Ended> {
    return this.start(...args).ended();
  }

  /** The same, and it must succeed. */
  async succeed(...args: string[]): Promise<Ended> {
    const ended = await this.run(...args);
    if (ended.exitCode === 0) return ended;
    throw new Error(`capgrid ${args.join(' ')}: exit ${ended.exitCode}\n${ended.stderr}`);
  }

  async up(): Promise<CapgridProcess> {
    const supervisor = this.start('up');
    await supervisor.said(/Capgrid is up/);
    return supervisor;
  }

  /** Writes a file into the folder of the stack; objects as JSON, which is YAML too. */
  async write(name: string, content: string | Buffer | object): Promise<string> {
    const path = join(this.home, name);
    const isRaw = typeof content === 'string' || Buffer.isBuffer(content);
    await writeFile(path, isRaw ? content : JSON.stringify(content));
    return path;
  }

  writeSpec(spec: SweepSpecInput): Promise<string> {
    return this.write(`${spec.name}.json`, spec);
  }

  /** The trials of a sweep with everything the API knows of them. */
  async trials(sweepId: string): Promise<Trial[]> {
    const { trials } = await callApi(this.client, routes.listTrials, { params: { sweepId } });
    return Promise.all(
      trials.map(({ id }) => callApi(this.client, routes.getTrial, { params: { trialId: id } })),
    );
  }

  supervisorPid(): number {
    return this.read().supervisor.pid;
  }

  /** undefined while the part is away. */
  partPid(name: string): number | undefined {
    return this.read().parts.find((part) => part.name === name)?.pid;
  }

  /** The supervisor writes the file at each change; nothing else tells that a part is back. */
  async nextPartPid(name: string, before: number): Promise<number> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const pid = this.partPid(name);
      if (pid !== undefined && pid !== before) return pid;
      if (Date.now() > deadline) throw new Error(`${name} was not started again`);
      await wait(POLL_MS);
    }
  }

  /** Supervisor and parts. */
  partPids(): number[] {
    const { supervisor, parts } = this.read();
    return [supervisor.pid, ...parts.map(({ pid }) => pid)];
  }

  /** The same, what they started, and the Postgres server. */
  allPids(): number[] {
    const roots = this.partPids();
    return [...new Set([...roots, ...roots.flatMap(descendantsOf), this.postgresPid()])];
  }

  postgresPid(): number {
    const text = readFileSync(join(this.home, 'postgres/cluster/postmaster.pid'), 'utf8');
    return Number(text.split('\n')[0]);
  }

  /** Leaves no process and no file, whatever state a failed test left. */
  async dispose(): Promise<void> {
    let pids: number[] = [];
    try {
      pids = this.allPids();
      await this.run('down');
    } catch {
      // It never came up, or half of it is gone already.
    }
    for (const process of this.started) if (!process.isEnded) process.kill('SIGKILL');
    pids.forEach(killIfAlive);
    await stopPostgres({ dataFolder: join(this.home, 'postgres') }).catch(() => undefined);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  private launch(args: readonly string[], variables: Record<string, string>): CapgridProcess {
    const process = new CapgridProcess(args, { ...this.variables, ...variables });
    this.started.push(process);
    return process;
  }

  private read(): StackFile {
    const text = readFileSync(join(this.home, 'run/stack.json'), 'utf8');
    return JSON.parse(text) as StackFile;
  }
}
