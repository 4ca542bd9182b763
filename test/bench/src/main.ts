/** `npm run bench`: times the parts of Capgrid side by side with others that do the same. */
import { parseArguments, USAGE, type Arguments } from './arguments.js';
import { GROUPS } from './groups.js';
import { BenchError } from './run/bench-error.js';
import { chooseContenders, type Contender } from './run/contenders.js';
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
    const contenders = groups.every(({ usesNoEngine }) => usesNoEngine === true)
      ? []
      : await chooseContenders(parsed, note);
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

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
