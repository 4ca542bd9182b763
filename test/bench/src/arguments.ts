/** The command line of the benchmark. */
import { parseArgs } from 'node:util';
import { GROUPS } from './groups.js';
import { CONTENDER_NAMES, type Choice, type Device } from './run/contenders.js';

const SIZES = ['full', 'small'] as const;
const DEVICES: readonly Device[] = ['cpu', 'cuda'];
const DEFAULT_ROUNDS = 10;

export interface Arguments extends Choice {
  readonly groups: readonly string[];
  readonly size: (typeof SIZES)[number];
  readonly rounds: number;
  readonly isJson: boolean;
  readonly isProfiled: boolean;
}

export const USAGE = `Usage: npm run -s bench -- [--group NAME]... [--engine NAME]... [--json]

  --group NAME    ${GROUPS.map(({ name, summary }) => `${name}: ${summary}`).join('\n                  ')}
                  repeatable; without it all of them
  --engine NAME   ${CONTENDER_NAMES.join(', ')};
                  repeatable; without it those that can start here, but not cpu and tensorflow
  --device NAME   ${DEVICES.join(', ')}; without it CUDA where there is one
  --rounds N      turns of each contender (${DEFAULT_ROUNDS})
  --size NAME     ${SIZES.join(', ')}: small takes seconds and says nothing about speed
  --profile       also print the time of each kernel
  --json          one JSON object a line on stdout: {group, name, engine, device, value, unit, ...}

Example: npm run -s bench -- --group train --engine libtorch --engine pytorch`;

export function parseArguments(
  args: readonly string[],
): Arguments | 'help' | { readonly problem: string } {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        group: { type: 'string', multiple: true, default: [] },
        engine: { type: 'string', multiple: true, default: [] },
        device: { type: 'string' },
        rounds: { type: 'string', default: String(DEFAULT_ROUNDS) },
        size: { type: 'string', default: 'full' },
        profile: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    return { problem: `${error instanceof Error ? error.message : String(error)}\n\n${USAGE}` };
  }
  if (values.help) return 'help';
  const groupNames = GROUPS.map(({ name }) => name);
  const problem =
    unknownName('--group', values.group, groupNames) ??
    unknownName('--engine', values.engine, CONTENDER_NAMES) ??
    unknownName('--device', values.device === undefined ? [] : [values.device], DEVICES) ??
    unknownName('--size', [values.size], SIZES);
  if (problem !== null) return { problem };
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    return { problem: `--rounds "${values.rounds}" is not a whole number from 1.` };
  }
  return {
    groups: values.group.length > 0 ? values.group : groupNames,
    names: values.engine,
    device: DEVICES.find((device) => device === values.device) ?? null,
    size: values.size === 'small' ? 'small' : 'full',
    rounds,
    isJson: values.json,
    isProfiled: values.profile,
  };
}

function unknownName(
  flag: string,
  given: readonly string[],
  known: readonly string[],
): string | null {
  const unknown = given.find((name) => !known.includes(name));
  return unknown === undefined
    ? null
    : `${flag} "${unknown}" is not known. Known: ${known.join(', ')}.`;
}
