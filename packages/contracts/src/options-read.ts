/**
 * Which options a trial reads: those that make another trial of it when they change. The forms that the
 * keys are made of decide.
 */
import { isTree, readPath, trialPath } from './assemble-trial.js';
import { canonicalJson } from './canonical-json.js';
import type { DecodeSpec } from './decode-spec.js';
import { decodeAsReadBy, trainingAsRead } from './keys.js';
import { sampleValues } from './sample-values.js';
import type { Assignment } from './sweep-spec.js';
import type { TrainingSpec } from './training-spec.js';
import type { TrialSpec } from './trial-spec.js';

/** Asks one training, or the decoding of one trial, of many options. */
class OptionReader<Spec extends object> {
  readonly #read: object;

  constructor(
    private readonly spec: Spec,
    private readonly asRead: (spec: Spec) => object,
  ) {
    this.#read = asRead(spec);
  }

  /** @param path as in a sweep, e.g. `decode.temperature`, of this part */
  reads(path: string): boolean {
    return this.#isRead(this.spec, path);
  }

  /** The value of a path, and what it is read as: of 5 captions from a beam of 3, 3. */
  valuesOf(path: string): { given: unknown; read: unknown } {
    const keys = keysOf(path);
    return { given: readPath(this.spec, keys), read: readPath(this.#read, keys) };
  }

  /**
   * Factors that do not make the part what it is. Parts that differ then differ in the other factors: each
   * that is left out gets one and the same value, and the next is asked of the part that has it.
   */
  findUnread(factors: readonly string[]): readonly string[] {
    let { spec } = this;
    return factors.filter((path) => {
      if (this.#isRead(spec, path)) return false;
      const keys = keysOf(path);
      if (readPath(spec, keys) !== undefined) spec = withValue(spec, keys, sampleValues(path)[0]);
      return true;
    });
  }

  #isRead(spec: Spec, path: string): boolean {
    const keys = keysOf(path);
    const value = readPath(spec, keys);
    // The decoder has no such option.
    if (value === undefined) return false;
    const values = sampleValues(path);
    if (values.length === 0) return true;
    return values.some(
      (other) => other !== value && !isEqual(this.asRead(withValue(spec, keys, other)), this.#read),
    );
  }
}

type Reader = Pick<OptionReader<object>, 'reads' | 'valuesOf'>;
type KnownTraining = { training: TrainingSpec; unread: Map<string, readonly string[]> };

/** Of all trials of a sweep, seeds aside. */
export class TrialReaders {
  readonly #trainings = new Map<string, KnownTraining>();
  readonly #trials: TrialSpec[] = [];

  /**
   * The levels of the factors that a trial reads: equal only for equal trials.
   * @param text equal for trials of one training, which is then asked once
   */
  levelsRead(trial: TrialSpec, text: string, assignment: Assignment): Assignment {
    this.#trials.push(trial);
    const paths = Object.keys(assignment);
    const ofDecoding = paths.filter(isOfDecoding);
    const unread = new Set([
      ...this.#unreadByTraining(
        trial.training,
        text,
        paths.filter((path) => !isOfDecoding(path)),
      ),
      ...(ofDecoding.length === 0 ? [] : readerOfDecoding(trial).findUnread(ofDecoding)),
    ]);
    if (unread.size === 0) return assignment;
    return Object.fromEntries(Object.entries(assignment).filter(([path]) => !unread.has(path)));
  }

  /** True where some trial reads the option. */
  reads(path: string): boolean {
    for (const reader of this.#readersOf(path)) if (reader.reads(path)) return true;
    return false;
  }

  /** Those of the values that each trial with them reads as other numbers, and these. */
  findCut(path: string, values: readonly unknown[]): ReadonlyMap<unknown, ReadonlySet<number>> {
    const cut = new Map<unknown, Set<number>>();
    const open = new Set(values.filter((value) => typeof value === 'number'));
    for (const reader of this.#readersOf(path)) {
      if (open.size === 0) break;
      const { given, read } = reader.valuesOf(path);
      if (typeof given !== 'number' || !open.has(given)) continue;
      if (given === read) {
        open.delete(given);
        cut.delete(given);
      } else if (typeof read === 'number' && reader.reads(path)) {
        cut.set(given, new Set([...(cut.get(given) ?? []), read]));
      }
    }
    return cut;
  }

  #unreadByTraining(
    training: TrainingSpec,
    text: string,
    paths: readonly string[],
  ): readonly string[] {
    const known = this.#trainings.get(text) ?? { training, unread: new Map() };
    this.#trainings.set(text, known);
    if (paths.length === 0) return [];
    const name = paths.join(' ');
    const unread = known.unread.get(name) ?? readerOfTraining(training).findUnread(paths);
    known.unread.set(name, unread);
    return unread;
  }

  *#readersOf(path: string): Generator<Reader> {
    if (isOfDecoding(path)) for (const trial of this.#trials) yield readerOfDecoding(trial);
    else for (const { training } of this.#trainings.values()) yield readerOfTraining(training);
  }
}

function readerOfTraining(training: TrainingSpec): OptionReader<TrainingSpec> {
  return new OptionReader(training, trainingAsRead);
}

/** What a decoding reads of the model, the training reads too. */
function readerOfDecoding({ training, decode }: TrialSpec): OptionReader<DecodeSpec> {
  return new OptionReader(decode, (spec) => decodeAsReadBy(training, spec));
}

function isOfDecoding(path: string): boolean {
  return path.startsWith('decode.');
}

const keysByPath = new Map<string, readonly string[]>();

/** From the training or the decode spec on; split once, as thousands of cells ask for the same few. */
function keysOf(path: string): readonly string[] {
  const keys = keysByPath.get(path) ?? trialPath(path).slice(1);
  keysByPath.set(path, keys);
  return keys;
}

/** A copy with another value at a path that is there. */
function withValue<Tree extends object>(
  tree: Tree,
  [key, ...rest]: readonly string[],
  value: unknown,
): Tree {
  if (key === undefined) return tree;
  const child = readPath(tree, [key]);
  const isInner = rest.length > 0 && typeof child === 'object' && child !== null;
  return { ...tree, [key]: isInner ? withValue(child, rest, value) : value };
}

/** Of values that JSON has. What a copy shares is not gone through. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) return canonicalJson(a) === canonicalJson(b);
  if (!isTree(a) || !isTree(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
}
