/** `capgrid setup`: installs what the native tensor engine needs and builds it. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { buildScript, readNativeBuild } from '../native/native-build.js';
import { planSetup, refuseIfLacking, type Machine } from '../native/plan-setup.js';
import { logPath } from '../stack/part-plans.js';

const APT_GET = '/usr/bin/apt-get';
const OS_RELEASE = '/etc/os-release';
/** Where Debian's package puts it, below the folder of the processor. */
const OPEN_BLAS = ['x86_64', 'aarch64'].map(
  (processor) => `/usr/lib/${processor}-linux-gnu/openblas-pthread/libopenblas.so.0`,
);
/** build.mjs: built or fresh already. */
const BUILT = 0;

export function addSetup(program: Command, context: Context): void {
  program
    .command('setup')
    .description('install libtorch on Debian or Ubuntu and build the native tensor engine')
    .option('-y, --yes', 'install packages without asking')
    .addHelpText('after', '\nExample:\n  ./capgrid setup --yes')
    .action((options: { yes?: boolean }) => setup(context, options.yes === true));
}

async function setup(context: Context, isSure: boolean): Promise<void> {
  const { env, root, terminal } = context;
  const plan = planSetup(await readNativeBuild(root, env), lookAtMachine());
  if (plan.kind === 'refused') throw new CliError('bad-environment', plan.reason);
  if (plan.kind === 'install') {
    terminal.tell(`capgrid: this runs apt-get install ${plan.packages.join(' ')}`);
    if (!isSure) await confirm();
    const variables = { ...env.variables, DEBIAN_FRONTEND: 'noninteractive' };
    await mustSucceed([APT_GET, 'update', '-qq'], variables);
    const install = ['install', '-y', '-qq', '--no-install-recommends', ...plan.packages];
    await mustSucceed([APT_GET, ...install], variables);
    refuseIfLacking(await readNativeBuild(root, env), plan.packages, env.variables.PATH);
  }
  const log = logPath(env.home, 'build-native');
  const build = [process.execPath, buildScript(root), '--verify', '--log', log];
  const status = await runLoud(build, env.variables);
  if (status !== BUILT) {
    throw new CliError(
      'part-failed',
      'the native tensor engine was not built; ./capgrid up runs on WebAssembly',
    );
  }
  const { libtorch } = await readNativeBuild(root, env);
  const { version, source } = libtorch ?? {};
  terminal.print(`The native tensor engine is built: libtorch ${version}, ${source}.`);
}

function lookAtMachine(): Machine {
  return {
    osRelease: existsSync(OS_RELEASE) ? readFileSync(OS_RELEASE, 'utf8') : '',
    hasAptGet: existsSync(APT_GET),
    isRoot: process.getuid?.() === 0,
    hasOpenBlas: OPEN_BLAS.some((path) => existsSync(path)),
  };
}

/** @throws CliError when the answer is no or nobody can answer */
async function confirm(): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CliError('usage', 'nobody can be asked here: add --yes to install without asking');
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question('Go on? [y/N] ');
  asking.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('interrupted', 'nothing was installed');
}

async function mustSucceed(command: string[], variables: NodeJS.ProcessEnv): Promise<void> {
  const status = await runLoud(command, variables);
  if (status === 0) return;
  throw new CliError('part-failed', `${command.join(' ')} ended with ${status ?? 'a signal'}`);
}

/** What it writes goes to stderr: stdout is for the result. @returns its exit code */
function runLoud(command: string[], variables: NodeJS.ProcessEnv): Promise<number | null> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 2, 2], env: variables });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
}
