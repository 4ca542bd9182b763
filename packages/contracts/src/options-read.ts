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
  readonly #unread = new Map<string, readonly string[]>();

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
    const name = factors.join(' ');
    const known = this.#unread.get(name);
    if (known !== undefined) return known;
    let { spec } = this;
    const unread = factors.filter((path) => {
      if (this.#isRead(spec, path)) return false;
      const keys = keysOf(path);
      if (readPath(spec, keys) !== undefined) spec = withValue(spec, keys, sampleValues(path)[0]);
      return true;
    });
    this.#unread.set(name, unread);
    return unread;
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

/** Of all trials of a sweep, seeds aside. */
export class TrialReaders {
  readonly #trainings = new Map<string, OptionReader<TrainingSpec>>();
  readonly #decodings: OptionReader<DecodeSpec>[] = [];

  /**
   * The levels of the factors that a trial reads: equal only for equal trials.
   * @param text equal for trials of one training, whose readings are then made once
   */
  levelsRead({ training, decode }: TrialSpec, text: string, assignment: Assignment): Assignment {
    const ofTraining = this.#trainings.get(text) ?? new OptionReader(training, trainingAsRead);
    this.#trainings.set(text, ofTraining);
    // What a decoding reads of the model, the training reads too.
    const ofDecoding = new OptionReader(decode, (spec) => decodeAsReadBy(training.model, spec));
    this.#decodings.push(ofDecoding);
    const paths = Object.keys(assignment);
    const unread = [
      ...ofTraining.findUnread(paths.filter((path) => !isOfDecoding(path))),
      ...ofDecoding.findUnread(paths.filter(isOfDecoding)),
    ];
    if (unread.length === 0) return assignment;
    return Object.fromEntries(
      Object.entries(assignment).filter(([path]) => !unread.includes(path)),
    );
  }

  /** True where some trial reads the option. */
  reads(path: string): boolean {
    return this.#readersOf(path).some((reader) => reader.reads(path));
  }

  /** Numbers of an option that each trial with them reads as others, and those. */
  findCut(path: string): ReadonlyMap<number, ReadonlySet<number>> {
    const cut = new Map<number, Set<number>>();
    const whole = new Set<number>();
    for (const reader of this.#readersOf(path)) {
      const { given, read } = reader.valuesOf(path);
      if (typeof given !== 'number' || typeof read !== 'number') continue;
      if (given === read) whole.add(given);
      else if (reader.reads(path)) cut.set(given, new Set([...(cut.get(given) ?? []), read]));
    }
    for (const value of whole) cut.delete(value);
    return cut;
  }

  #readersOf(path: string): readonly Pick<OptionReader<object>, 'reads' | 'valuesOf'>[] {
    return isOfDecoding(path) ? this.#decodings : [...this.#trainings.values()];
  }
}

function isOfDecoding(path: string): boolean {
  return path.startsWith('decode.');
}

/** From the training or the decode spec on. */
function keysOf(path: string): string[] {
  return trialPath(path).slice(1);
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
