/**
 * The notation of the tokenizer's rules, read into a tree.
 *
 *   "can not"    these characters, upper or lower case alike (blanks inside count)
 *   'About'      these characters exactly
 *   [a-z\p{Lu}]  one character of a class, as in a JavaScript regular expression with flag v
 *   word         the fragment of that name
 *   A B   A | B   ( )   A?   A*   A+   A{2}   A{2,4}
 *
 * Blanks between the parts mean nothing. A character is one UTF-16 code unit.
 */

export type Pattern =
  | { kind: 'character'; set: number }
  | { kind: 'sequence'; parts: readonly Pattern[] }
  | { kind: 'choice'; options: readonly Pattern[] }
  | { kind: 'repeat'; part: Pattern; min: number; max: number };

/** Gives each distinct character class a number; `[...]` source by number. */
export class CharacterSets {
  readonly sources: string[] = [];
  private readonly numbers = new Map<string, number>();

  numberOf(source: string): number {
    const known = this.numbers.get(source);
    if (known !== undefined) return known;
    this.numbers.set(source, this.sources.length);
    this.sources.push(source);
    return this.sources.length - 1;
  }
}

/** Fragments by name, in the same notation. */
export type Fragments = Readonly<Record<string, string>>;

/** A mistake in the grammar itself, never in a caption. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly code = 'invalid-pattern';
}

export function parsePattern(source: string, fragments: Fragments, sets: CharacterSets): Pattern {
  return new Parser(source, fragments, sets).parse();
}

/** How many characters a pattern covers: `null` when that varies. */
export function widthOf(pattern: Pattern): number | null {
  switch (pattern.kind) {
    case 'character':
      return 1;
    case 'sequence':
      return pattern.parts.reduce<number | null>((sum, part) => {
        const width = widthOf(part);
        return sum === null || width === null ? null : sum + width;
      }, 0);
    case 'choice': {
      const [first, ...others] = pattern.options.map(widthOf);
      return others.every((width) => width === first) ? (first ?? null) : null;
    }
    case 'repeat': {
      const width = widthOf(pattern.part);
      return width === null || pattern.min !== pattern.max ? null : width * pattern.min;
    }
  }
}

class Parser {
  private position = 0;

  constructor(
    private readonly source: string,
    private readonly fragments: Fragments,
    private readonly sets: CharacterSets,
  ) {}

  parse(): Pattern {
    const pattern = this.choice();
    if (this.position < this.source.length) throw this.error('an operator or a part');
    return pattern;
  }

  private choice(): Pattern {
    const options = [this.sequence()];
    while (this.takes(/\s*\|/y)) options.push(this.sequence());
    const [only] = options;
    return options.length === 1 && only ? only : { kind: 'choice', options };
  }

  private sequence(): Pattern {
    const parts: Pattern[] = [];
    for (;;) {
      this.takes(/\s+/y);
      const next = this.source[this.position];
      if (next === undefined || next === '|' || next === ')') break;
      parts.push(this.repeated());
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : { kind: 'sequence', parts };
  }

  private repeated(): Pattern {
    const part = this.part();
    if (this.takes(/\?/y)) return { kind: 'repeat', part, min: 0, max: 1 };
    if (this.takes(/\*/y)) return { kind: 'repeat', part, min: 0, max: Infinity };
    if (this.takes(/\+/y)) return { kind: 'repeat', part, min: 1, max: Infinity };
    const count = this.takes(/\{(\d+)(?:,(\d+))?\}/y);
    if (!count) return part;
    const min = Number(count[1]);
    return { kind: 'repeat', part, min, max: Number(count[2] ?? min) };
  }

  private part(): Pattern {
    const quoted = this.takes(/"([^"]+)"|'([^']+)'/y);
    if (quoted) {
      const parts = Array.from(quoted[1] ?? quoted[2] ?? '', (character): Pattern => {
        const cases =
          quoted[1] === undefined
            ? [character]
            : [...new Set([character.toLowerCase(), character.toUpperCase()])];
        const source = `[${cases.map((one) => one.replace(/[\^$\\.*+?()[\]{}|/\-&!#%,:;<=>@`~]/, '\\$&')).join('')}]`;
        return { kind: 'character', set: this.sets.numberOf(source) };
      });
      return { kind: 'sequence', parts };
    }
    const characterClass = this.takes(/\[(?:\\.|\[(?:\\.|[^\]\\])*\]|[^[\]\\])+\]/y);
    if (characterClass) {
      return { kind: 'character', set: this.sets.numberOf(characterClass[0]) };
    }
    if (this.takes(/\(/y)) {
      const inner = this.choice();
      if (!this.takes(/\s*\)/y)) throw this.error('a closing parenthesis');
      return inner;
    }
    const name = this.takes(/[A-Za-z]\w*/y)?.[0];
    const fragment = name === undefined ? undefined : this.fragments[name];
    if (fragment === undefined) throw this.error('a quoted text, a class, a fragment or "("');
    return parsePattern(fragment, this.fragments, this.sets);
  }

  private takes(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.position;
    const match = expression.exec(this.source);
    if (match) this.position = expression.lastIndex;
    return match;
  }

  private error(expected: string): PatternError {
    return new PatternError(
      `Pattern ${JSON.stringify(this.source)}: expected ${expected} at ${this.position}.`,
    );
  }
}
