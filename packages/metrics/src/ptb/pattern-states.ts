/**
 * Patterns as one nondeterministic automaton (Thompson 1968): a state is left without a character, or
 * by one of a character set, which leads to the following state.
 */
import type { Pattern } from './pattern.js';

export class PatternStates {
  private readonly epsilons: number[][] = [];
  /** Character set that leaves a state, or -1. */
  private readonly consumes: number[] = [];
  private readonly patternOfFinal = new Map<number, number>();
  private readonly starts: readonly number[];

  constructor(patterns: readonly Pattern[]) {
    this.starts = patterns.map((pattern, index) => {
      const start = this.state();
      this.patternOfFinal.set(this.build(pattern, start), index);
      return start;
    });
  }

  /** Where every match begins. */
  start(): number[] {
    return this.closure(this.starts);
  }

  /** The states after one more character, which belongs to the sets `held`. */
  move(states: readonly number[], held: ReadonlySet<number>): number[] {
    const moved: number[] = [];
    for (const state of states) if (held.has(this.consumes[state] ?? -1)) moved.push(state + 1);
    return this.closure(moved);
  }

  /** Number of the earliest pattern that has matched in one of these states, or -1. */
  patternOf(states: readonly number[]): number {
    let earliest = -1;
    for (const state of states) {
      const pattern = this.patternOfFinal.get(state);
      if (pattern !== undefined && (earliest === -1 || pattern < earliest)) earliest = pattern;
    }
    return earliest;
  }

  /** Everything reachable without a character, in ascending order, as far as it matters. */
  private closure(states: readonly number[]): number[] {
    const isReached = new Uint8Array(this.epsilons.length);
    const reached: number[] = [];
    const reach = (state: number) => {
      if (isReached[state] === 1) return;
      isReached[state] = 1;
      reached.push(state);
    };
    states.forEach(reach);
    for (const state of reached) this.epsilons[state]?.forEach(reach);
    return reached
      .filter((state) => this.consumes[state] !== -1 || this.patternOfFinal.has(state))
      .sort((a, b) => a - b);
  }

  private state(): number {
    this.epsilons.push([]);
    this.consumes.push(-1);
    return this.epsilons.length - 1;
  }

  /** Adds the states of a pattern behind `from`; returns the state in which it has matched. */
  private build(pattern: Pattern, from: number): number {
    switch (pattern.kind) {
      case 'character': {
        const state = this.state();
        this.epsilons[from]?.push(state);
        this.consumes[state] = pattern.set;
        return this.state();
      }
      case 'sequence':
        return pattern.parts.reduce((end, part) => this.build(part, end), from);
      case 'choice': {
        const ends = pattern.options.map((option) => this.build(option, from));
        const joined = this.state();
        for (const end of ends) this.epsilons[end]?.push(joined);
        return joined;
      }
      case 'repeat': {
        let end = from;
        for (let count = 0; count < pattern.min; count++) end = this.build(pattern.part, end);
        const exits = [end];
        if (pattern.max === Infinity) {
          const loop = this.state();
          this.epsilons[end]?.push(loop);
          this.epsilons[this.build(pattern.part, loop)]?.push(loop);
          exits.push(loop);
        } else {
          for (let count = pattern.min; count < pattern.max; count++) {
            end = this.build(pattern.part, end);
            exits.push(end);
          }
        }
        const joined = this.state();
        for (const exit of exits) this.epsilons[exit]?.push(joined);
        return joined;
      }
    }
  }
}
