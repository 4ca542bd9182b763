/**
 * Finds the longest match of a list of patterns, the earlier pattern on ties, in linear time.
 *
 * Deterministic states are built when a text first needs them. Finding one token after another can still take quadratic time
 * when a long attempt fails again and again ("<<<<<..."); states that led nowhere are therefore
 * remembered (Reps 1998, "Maximal-munch" tokenization in linear time).
 */
import type { CharacterSets, Pattern } from './pattern.js';
import { PatternStates } from './pattern-states.js';

/** Ids of deterministic states are row offsets in `next`, so that a step is one addition; 0: not built yet. */
const ROW = 256;
const DEAD = ROW;
const START = 2 * ROW;
/** More states than this are forgotten and built anew: 4 MB. Ordinary captions need a few hundred. */
const STATE_LIMIT = 4096;
/** Attempts that end within so many characters are not remembered; beyond it, one position in so many is. */
const STRIDE = 32;

const NEWLINE_SET = '[\\n]';

export class Automaton {
  /** End of the last match, exclusive. */
  end = 0;
  /** Steps taken since construction: the measure of work. */
  steps = 0;

  private readonly characterSets: readonly { source: string; expression: RegExp }[];
  private readonly patterns: PatternStates;

  /** Kind of each code unit: characters that belong to the same sets are of one kind. 0: not known yet. */
  private readonly kindOfCodeUnit = new Uint8Array(0x10000);
  private readonly kinds = new Map<string, number>();
  private readonly setsOfKind: ReadonlySet<number>[] = [new Set()];

  private next = new Int32Array(64 * ROW);
  /** By state number (id / ROW): the pattern that ends here, or -1. */
  private accepts: number[] = [];
  /** By state number: the states of `patterns` that it stands for. */
  private members: (readonly number[])[] = [];
  private readonly idOfMembers = new Map<string, number>();

  private fruitless = new Set<number>();
  /** How often the states were forgotten. */
  private generation = 0;

  constructor(patterns: readonly Pattern[], sets: CharacterSets) {
    this.characterSets = sets.sources.map((source) => ({
      source,
      expression: new RegExp(`^${source}$`, 'v'),
    }));
    this.patterns = new PatternStates(patterns);
    this.forgetStates();
  }

  /** Call before each text: positions of the previous one mean nothing in it. */
  reset(): void {
    if (this.fruitless.size > 0) this.fruitless = new Set();
  }

  /** Number of the pattern with the longest match at `from`, or -1; sets `end`. */
  match(text: string, from: number): number {
    const { kindOfCodeUnit } = this;
    const short = Math.min(text.length, from + STRIDE);
    let state = START;
    let accepted = -1;
    let index = from;
    for (; index < short; index++) {
      const codeUnit = text.charCodeAt(index);
      const kind = kindOfCodeUnit[codeUnit] || this.classify(codeUnit);
      const known = this.next[state + kind] || this.step(state, kind);
      if (known === DEAD) break;
      state = known;
      const pattern = this.accepts[state / ROW] ?? -1;
      if (pattern >= 0) {
        accepted = pattern;
        this.end = index + 1;
      }
    }
    this.steps += index - from;
    return index < short || index === text.length
      ? accepted
      : this.matchLong(text, index, state, accepted);
  }

  /** The loop of `match` again, with marks: these cost time that short attempts, nearly all, can do without. */
  private matchLong(text: string, from: number, reached: number, acceptedBefore: number): number {
    let state = reached;
    let accepted = acceptedBefore;
    const { generation } = this;
    let trail: number[] = [];
    let index = from;
    for (; index < text.length; index++) {
      if (index % STRIDE === 0) {
        const mark = index * STATE_LIMIT * 2 + state / ROW;
        if (this.fruitless.has(mark)) break;
        trail.push(mark);
      }
      const codeUnit = text.charCodeAt(index);
      const kind = this.kindOfCodeUnit[codeUnit] || this.classify(codeUnit);
      const known = this.next[state + kind] || this.step(state, kind);
      if (known === DEAD) break;
      state = known;
      const pattern = this.accepts[state / ROW] ?? -1;
      if (pattern >= 0) {
        accepted = pattern;
        this.end = index + 1;
        trail = [];
      }
    }
    this.steps += index - from;
    // State numbers of before a forgetting mean other states now.
    if (generation === this.generation) for (const mark of trail) this.fruitless.add(mark);
    return accepted;
  }

  /** The deterministic state after one more character of this kind. */
  private step(state: number, kind: number): number {
    const held = this.setsOfKind[kind] ?? new Set();
    const members = this.patterns.move(this.members[state / ROW] ?? [], held);
    if (this.members.length >= STATE_LIMIT) {
      this.forgetStates();
      return this.intern(members);
    }
    const id = this.intern(members);
    this.next[state + kind] = id;
    return id;
  }

  private classify(codeUnit: number): number {
    const character = String.fromCharCode(codeUnit);
    const held = this.characterSets.flatMap(({ source, expression }, set) =>
      // Only the set that names the line break holds it: no token reaches into the next caption.
      (character !== '\n' || source === NEWLINE_SET) && expression.test(character) ? [set] : [],
    );
    const key = held.join();
    let kind = this.kinds.get(key);
    if (kind === undefined) {
      kind = this.setsOfKind.length;
      if (kind >= ROW) throw new RangeError(`The grammar tells more than ${ROW} kinds apart.`);
      this.kinds.set(key, kind);
      this.setsOfKind.push(new Set(held));
    }
    this.kindOfCodeUnit[codeUnit] = kind;
    return kind;
  }

  private forgetStates(): void {
    this.generation++;
    this.next = new Int32Array(64 * ROW);
    this.accepts = [-1];
    this.members = [[]];
    this.idOfMembers.clear();
    this.fruitless = new Set();
    this.intern([]);
    this.intern(this.patterns.start());
  }

  private intern(members: readonly number[]): number {
    const key = members.join();
    const known = this.idOfMembers.get(key);
    if (known !== undefined) return known;
    const id = this.members.length * ROW;
    if (id >= this.next.length) {
      const larger = new Int32Array(2 * this.next.length);
      larger.set(this.next);
      this.next = larger;
    }
    this.idOfMembers.set(key, id);
    this.members.push(members);
    this.accepts.push(this.patterns.patternOf(members));
    return id;
  }
}
