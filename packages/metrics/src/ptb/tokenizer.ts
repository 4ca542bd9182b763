/** Applies the rules of grammar.ts to text. */
import { Automaton } from './automaton.js';
import { FRAGMENTS } from './fragments.js';
import { RULES } from './grammar.js';
import { CharacterSets, PatternError, parsePattern, widthOf } from './pattern.js';
import type { Rule } from './rule.js';

/** `tokenWidth` and `contextWidth`: characters, or `null` when they vary. */
interface CompiledRule {
  readonly as: Rule['as'];
  readonly rereads: number;
  readonly tokenWidth: number | null;
  readonly contextWidth: number | null;
}

export class Tokenizer {
  readonly automaton: Automaton;
  private readonly rules: readonly CompiledRule[];

  constructor(rules: readonly Rule[] = RULES) {
    const sets = new CharacterSets();
    const parse = (source: string) => parsePattern(source, FRAGMENTS, sets);
    const parsed = rules.map((rule) => ({
      token: parse(rule.token),
      context: parse(rule.before ?? ''),
    }));
    this.rules = rules.map((rule, index) => ({
      as: rule.as,
      rereads: rule.rereads ?? 0,
      tokenWidth: widthOf(parsed[index]?.token ?? parse('')),
      contextWidth: widthOf(parsed[index]?.context ?? parse('')),
    }));
    const variable = rules.find(
      ({ before }, index) =>
        !/^(?:gap|blank)/.test(before ?? '') &&
        this.rules[index]?.tokenWidth === null &&
        this.rules[index].contextWidth === null,
    );
    if (variable) throw new PatternError(`The end of the token is not defined: ${variable.token}`);
    this.automaton = new Automaton(
      parsed.map(({ token, context }) => ({ kind: 'sequence', parts: [token, context] })),
      sets,
    );
  }

  /**
   * The tokens of each line, lower-cased, with one blank between them; tokens in `dropped` (compared
   * before lower-casing) are left out. Lines end in U+000A; as many strings as lines come back.
   */
  tokenizeLines(text: string, dropped: ReadonlySet<string>): string[] {
    const { automaton, rules } = this;
    automaton.reset();
    const lines: string[] = [];
    let line = '';
    let index = 0;
    while (index < text.length) {
      const codeUnit = text.charCodeAt(index);
      if (codeUnit === SPACE) {
        index++;
        continue;
      }
      if (codeUnit === LINE_FEED) {
        lines.push(line.toLowerCase());
        line = '';
        index++;
        continue;
      }
      const rule = rules[automaton.match(text, index)];
      if (!rule) {
        index++;
        continue;
      }
      const end = tokenEnd(rule, text, index, automaton.end);
      const covered = text.slice(index, end);
      const token =
        rule.as === undefined
          ? covered
          : typeof rule.as === 'function'
            ? rule.as(covered)
            : rule.as;
      if (token !== null && token !== '' && !dropped.has(token)) {
        line = line === '' ? token : `${line} ${token}`;
      }
      index = end - rule.rereads;
    }
    lines.push(line.toLowerCase());
    return lines;
  }
}

const SPACE = 0x20;
const LINE_FEED = 0x0a;

function tokenEnd(rule: CompiledRule, text: string, start: number, matchEnd: number): number {
  if (rule.contextWidth !== null) return matchEnd - rule.contextWidth;
  if (rule.tokenWidth !== null) return start + rule.tokenWidth;
  let end = start;
  while (end < matchEnd && !/\s/.test(text.charAt(end))) end++;
  return end;
}
