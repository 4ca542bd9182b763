/**
 * Starts all parts in the order in which they need each other, keeps them running, and stops them in
 * the opposite order. Which processes they are is written to `run/stack.json` at each change.
 */
import { CliError } from '../cli-error.js';
import type { Env } from '../env.js';
import { checkEngineStarts, checkEnvironment } from './check-environment.js';
import { checkPort } from './check-port.js';
import { findStack } from './find-stack.js';
import { startOwnPostgres, type OwnPostgres } from './own-postgres.js';
import { Part, type PartPlan } from './part.js';
import { planApi, planDashboard, planTrainer, type Addresses } from './part-plans.js';
import { identify } from './process-identity.js';
import { claimState, removeState, writeState, type StackState } from './state-file.js';
import { stopLeftovers } from './stop-leftovers.js';

export interface StackOptions {
  root: string;
  env: Env;
  tell: (message: string) => void;
  /** Aborted: whatever has started is stopped, and the start ends with `interrupted`. */
  signal: AbortSignal;
}

export interface RunningStack {
  apiUrl: string;
  dashboardUrl: string;
  stop(): Promise<void>;
  /** Without waiting for anything; Postgres goes on and is adopted by the next start. */
  kill(): void;
}

/** A stack that runs already is returned as its state, and nothing is started. */
export async function startStack(options: StackOptions): Promise<RunningStack | StackState> {
  const { env, tell } = options;
  const found = findStack(env.home);
  if (found.kind === 'running') return found.state;
  if (found.kind === 'leftover') {
    const stopped = await stopLeftovers(env.home, found.state);
    if (stopped.length > 0)
      tell(`stopped what a killed capgrid left running: ${stopped.join(', ')}`);
  }
  const starting = new StartingStack(options);
  if (!claimState(env.home, starting.state)) {
    const other = findStack(env.home);
    if (other.kind === 'running') return other.state;
    // A damaged file, or one of a start that has just been killed.
    removeState(env.home);
    if (!claimState(env.home, starting.state)) {
      throw new CliError('part-failed', `Another start in ${env.home} is under way; try again.`);
    }
  }
  return starting.run();
}

/** Each needs the ones before it: the trainer hands its tasks back to the API when it is stopped. */
const START_ORDER = ['api', 'trainer', 'dashboard'];

class StartingStack implements RunningStack {
  state: StackState;
  private readonly parts: Part[] = [];
  private postgres: OwnPostgres | null = null;

  constructor(private readonly options: StackOptions) {
    const { env } = options;
    const supervisor = identify(process.pid);
    if (supervisor === null) throw new TypeError('cannot identify the own process');
    this.state = {
      version: 1,
      startedAt: new Date().toISOString(),
      supervisor,
      apiUrl: `http://127.0.0.1:${env.apiPort}`,
      dashboardUrl: `http://127.0.0.1:${env.dashboardPort}`,
      isUp: false,
      hasOwnPostgres: env.databaseUrl === null,
      parts: [],
    };
  }

  get apiUrl(): string {
    return this.state.apiUrl;
  }

  get dashboardUrl(): string {
    return this.state.dashboardUrl;
  }

  async run(): Promise<RunningStack> {
    const { signal } = this.options;
    const stopParts = () => this.parts.forEach((part) => void part.stop());
    signal.addEventListener('abort', stopParts);
    try {
      await this.startAll();
      this.change({ isUp: true });
    } catch (cause) {
      await this.stop();
      throw cause;
    } finally {
      signal.removeEventListener('abort', stopParts);
    }
    return this;
  }

  async stop(): Promise<void> {
    for (const part of this.parts.toReversed()) await part.stop();
    await this.postgres?.stop();
    removeState(this.options.env.home);
  }

  kill(): void {
    for (const part of this.parts) part.kill();
  }

  private async startAll(): Promise<void> {
    const { root, env, tell } = this.options;
    const { apiUrl, dashboardUrl } = this.state;
    await checkEnvironment(env);
    await checkPort({ part: 'API', port: env.apiPort, variable: 'CAPGRID_API_PORT' });
    const dashboardPort = { port: env.dashboardPort, variable: 'CAPGRID_DASHBOARD_PORT' };
    await checkPort({ part: 'dashboard', ...dashboardPort });
    tell(`engine     ${await checkEngineStarts(root, env)}`);
    this.stopIfInterrupted();
    const databaseUrl = await this.startDatabase();
    const queueUrl = env.queueUrl ?? databaseUrl;
    const addresses: Addresses = { apiUrl, dashboardUrl, databaseUrl, queueUrl };
    const queue = /^rediss?:/.test(queueUrl) ? 'queue on Redis' : 'queue on Postgres';
    await this.startPart(planApi(root, env, addresses), `${apiUrl}, ${queue}`);
    await this.startPart(planTrainer(root, env, addresses), 'takes tasks');
    await this.startPart(planDashboard(root, env, addresses), dashboardUrl);
    this.stopIfInterrupted();
    tell(`logs       ${env.home}/logs`);
  }

  private async startDatabase(): Promise<string> {
    const { env, tell } = this.options;
    if (env.databaseUrl !== null) {
      tell(`postgres   ${new URL(env.databaseUrl).host}, from DATABASE_URL`);
      return env.databaseUrl;
    }
    this.postgres = await startOwnPostgres(env.home, tell);
    const { port, isAdopted, url } = this.postgres;
    tell(`postgres   127.0.0.1:${port}${isAdopted ? ', ran already' : ''}`);
    return url;
  }

  private async startPart(plan: PartPlan, told: string): Promise<void> {
    this.stopIfInterrupted();
    const { name } = plan;
    const part = new Part(plan, {
      tell: this.options.tell,
      onProcess: (identity) => {
        const others = this.state.parts.filter((entry) => entry.name !== name);
        const parts = identity === null ? others : [...others, { name, ...identity }];
        this.change({ parts: parts.toSorted(byOrderOfStart) });
      },
    });
    this.parts.push(part);
    await part.start();
    this.options.tell(`${name.padEnd(10)} ${told}`);
  }

  private stopIfInterrupted(): void {
    if (this.options.signal.aborted) {
      throw new CliError('interrupted', 'Stopped before everything was up.');
    }
  }

  private change(change: Partial<StackState>): void {
    this.state = { ...this.state, ...change };
    writeState(this.options.env.home, this.state);
  }
}

/** Leftovers are stopped from the last to the first, also when a part was started again meanwhile. */
function byOrderOfStart(a: { name: string }, b: { name: string }): number {
  return START_ORDER.indexOf(a.name) - START_ORDER.indexOf(b.name);
}
