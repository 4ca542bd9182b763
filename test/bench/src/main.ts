/** `npm run bench`: times the parts of Capgrid side by side with others that do the same. */
import { availableParallelism, loadavg } from 'node:os';
import { parseArguments, USAGE, type Arguments } from './arguments.js';
import { GROUPS } from './groups.js';
import { BenchError } from './run/bench-error.js';
import { chooseContenders, contenderEnvironment, type Contender } from './run/contenders.js';
import type { Group } from './run/group.js';
import type { Result } from './run/result.js';
import { formatTable } from './run/table.js';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(args);
  if (parsed === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if ('problem' in parsed) {
    note(parsed.problem);
    return 2;
  }
  try {
    const groups = GROUPS.filter(({ name }) => parsed.groups.includes(name));
    const needsEngines = groups.some(({ usesNoEngine }) => usesNoEngine !== true);
    const contenders = needsEngines ? await chooseContenders(parsed, note) : [];
    note(needsEngines ? `${loadText()} ${environmentText()}` : loadText());
    for (const group of groups) {
      await runGroup(group, parsed, contenders);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    note(error.message);
    return 1;
  }
}

async function runGroup(
  group: Group,
  { names, size, rounds, isProfiled, isJson }: Arguments,
  contenders: readonly Contender[],
): Promise<void> {
  const results: Result[] = [];
  try {
    await group.run({
      contenders,
      isRequired: names.length > 0,
      size,
      rounds,
      isProfiled,
      report: (result) => {
        results.push(result);
        if (isJson) process.stdout.write(`${JSON.stringify(result)}\n`);
      },
      note,
    });
  } finally {
    // What was measured before a failure is still worth reading.
    const format = group.formatTable ?? formatTable;
    if (!isJson) process.stdout.write(`\n${group.name}\n\n${format(results)}\n`);
  }
}

/** Before anything is timed, so that it tells of other work on the machine. */
function loadText(): string {
  const [ofMinute = 0, , ofQuarter = 0] = loadavg();
  const cores = availableParallelism();
  return `Load of the last minute ${ofMinute.toFixed(1)}, of 15 minutes ${ofQuarter.toFixed(1)}, on ${cores} cores.`;
}

function environmentText(): string {
  const pairs = Object.entries(contenderEnvironment()).map(([name, value]) => `${name}=${value}`);
  return `All contenders: ${pairs.join(' ')}.`;
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
