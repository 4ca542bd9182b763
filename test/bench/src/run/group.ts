/** What a group of measurements is, and what it is given. */
import type { Contender } from './contenders.js';
import type { Result } from './result.js';

export interface GroupContext {
  readonly contenders: readonly Contender[];
  /** The contenders were asked for by name: one that cannot start is an error. */
  readonly isRequired: boolean;
  /** `small` takes a second and is for tests; only `full` is worth reporting. */
  readonly size: 'full' | 'small';
  readonly rounds: number;
  /** Prints the time of each kernel to stderr. */
  readonly isProfiled: boolean;
  readonly report: (result: Result) => void;
  readonly note: (text: string) => void;
}

export interface Group {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Its contenders are not the engines, which are then not looked for. */
  readonly usesNoEngine?: true;
  /** For people; without it the table of engines. */
  readonly formatTable?: (results: readonly Result[]) => string;
  /** Fails with a `BenchError`. */
  readonly run: (context: GroupContext) => Promise<void>;
}
