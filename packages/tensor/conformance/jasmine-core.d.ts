/** The parts of jasmine 3.99 that the suite uses; the package has no types of its own. */
declare module 'jasmine-core' {
  export interface FailedExpectation {
    readonly message: string;
    readonly stack?: string;
  }
  interface Result {
    readonly fullName: string;
    readonly failedExpectations: readonly FailedExpectation[];
  }
  interface Environment {
    configure(options: {
      random: boolean;
      specFilter: (spec: { getFullName(): string }) => boolean;
    }): void;
    addReporter(reporter: {
      specDone(result: Result & { readonly status: string }): void;
      suiteDone(result: Result): void;
      jasmineDone(result: Omit<Result, 'fullName'>): void;
    }): void;
    execute(runnables: null, done: () => void): void;
  }
  interface JasmineCore {
    /** Makes describe, it, expect and the rest global. */
    boot(core: JasmineCore): { getEnv(): Environment };
  }
  const core: JasmineCore;
  export default core;
}
