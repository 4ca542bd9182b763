/** Who scores the captions: this project in a new process, its command, and peers in Python. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FILES } from './read-captions.js';

export const OWN = 'capgrid';

/** The argument of child.ts. */
export interface ChildOptions {
  readonly folder: string;
  readonly run: 'score' | 'stages' | 'meteor' | 'bootstrap';
  readonly resamples?: number;
}

export interface Scorer {
  readonly name: string;
  readonly isOwn: boolean;
  readonly command: readonly [string, ...string[]];
  /** Its process does what `capgrid eval` does, so its whole time is worth reporting. */
  readonly isWhole: boolean;
}

const packageFolder = join(import.meta.dirname, '..', '..');
const checkout = join(packageFolder, '..', '..');

export function ownProcess(options: ChildOptions): Scorer {
  const program = join(import.meta.dirname, 'child.js');
  return {
    name: OWN,
    isOwn: true,
    command: [process.execPath, program, JSON.stringify(options)],
    isWhole: options.run === 'score',
  };
}

/**
 * `./capgrid eval`, its launcher included; `isLaunched` false starts the program behind it, which
 * builds nothing. Null where that has not been built.
 */
export function evalCommand(folder: string, isLaunched: boolean): Scorer | null {
  const program = join(checkout, 'apps', 'cli', 'dist', 'main.js');
  if (!isLaunched && !existsSync(program)) return null;
  const start: [string, ...string[]] = isLaunched
    ? [join(checkout, 'capgrid')]
    : [process.execPath, program];
  const files = ['--references', FILES.references, '--candidates', FILES.candidates];
  const paths = files.map((word) => (word.startsWith('--') ? word : join(folder, word)));
  const command: [string, ...string[]] = [...start, 'eval', ...paths, '--json'];
  return { name: `${OWN} eval`, isOwn: true, command, isWhole: true };
}

export const PEERS = {
  'coco-caption': {
    needs: 'pycocoevalcap with java',
    probe:
      'import pycocoevalcap.meteor.meteor, shutil, sys; sys.exit(shutil.which("java") is None)',
    script: 'with_coco_caption.py',
    install: 'pip install pycocoevalcap, apt-get install default-jre-headless',
  },
  sacrebleu: {
    needs: 'sacrebleu',
    probe: 'import sacrebleu',
    script: 'with_sacrebleu.py',
    install: 'pip install sacrebleu',
  },
  nltk: {
    needs: 'nltk',
    probe: 'import nltk.translate.meteor_score',
    script: 'with_nltk.py',
    install: 'pip install nltk',
  },
} as const;
export type PeerName = keyof typeof PEERS;

/** Path of a Python for each peer that can run here. */
export type Peers = Readonly<Partial<Record<PeerName, string>>>;

const PYTHONS = ['python3', '/usr/bin/python3'];

/** Says which are left out and how to get them. */
export async function findPeers(note: (text: string) => void): Promise<Peers> {
  const found: Partial<Record<PeerName, string>> = {};
  for (const name of ['coco-caption', 'sacrebleu', 'nltk'] as const) {
    const { needs, probe, install } = PEERS[name];
    const python = await findPython(probe);
    if (python !== null) found[name] = python;
    else {
      note(`${name}: left out. No Python (tried ${PYTHONS.join(', ')}) has ${needs}: ${install}.`);
    }
  }
  return found;
}

export function peerProcess(
  name: PeerName,
  python: string,
  options: {
    readonly folder: string;
    readonly parts: readonly string[];
    readonly resamples?: number;
  },
): Scorer {
  const script = join(packageFolder, 'peers', 'metrics', PEERS[name].script);
  const command: [string, ...string[]] = [python, script, JSON.stringify(options)];
  return { name, isOwn: false, command, isWhole: name === 'coco-caption' };
}

async function findPython(probe: string): Promise<string | null> {
  for (const path of PYTHONS) {
    try {
      await promisify(execFile)(path, ['-c', probe]);
      return path;
    } catch {
      // Not there, or without the module: try the next one.
    }
  }
  return null;
}
