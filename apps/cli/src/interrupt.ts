/** Ctrl-C, termination and a closed terminal as one signal to stop in order. */

/** 128 plus the number of the signal, as shells count. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface Interrupt {
  signal: AbortSignal;
  happened: Promise<void>;
  /** Of the signal that came; 0 before. */
  exitCode: () => number;
  /** What the next signal does while stopping takes its time. */
  onSecond: (action: () => void) => void;
  /** Leaves signals to their usual effect again. */
  release: () => void;
}

export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  const happened = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve());
  });
  let exitCode = 0;
  let second: (() => void) | null = null;
  const listeners = Object.entries(EXIT_CODES).map(([name, code]) => {
    const listener = () => {
      if (controller.signal.aborted) second?.();
      else exitCode = code;
      controller.abort();
    };
    process.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    happened,
    exitCode: () => exitCode,
    onSecond: (action) => {
      second = action;
    },
    release: () => {
      for (const { name, listener } of listeners) process.off(name, listener);
    },
  };
}
