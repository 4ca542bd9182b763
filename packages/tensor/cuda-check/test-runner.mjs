/** As much of vitest as the checks use, since the whole of it does not fit into one file. */
import { isDeepStrictEqual } from 'node:util';

/** @typedef {() => unknown} Body */
/** @typedef {{ name: string, body: Body, prepare: Body[] }} Test */

/** @type {Test[]} */
const tests = [];
/** @type {{ name: string, prepare: Body[] }[]} */
const groups = [];

/**
 * @param {string} name
 * @param {Body} body
 */
export function describe(name, body) {
  groups.push({ name, prepare: [] });
  body();
  groups.pop();
}

/** @param {Body} body run once before the first test of the group */
export function beforeAll(body) {
  let isDone = false;
  groups.at(-1)?.prepare.push(async () => {
    if (isDone) return;
    isDone = true;
    await body();
  });
}

/**
 * @param {string} name
 * @param {Body} body
 */
export function test(name, body) {
  tests.push({
    name: [...groups.map((group) => group.name), name].join(' > '),
    body,
    prepare: groups.flatMap(({ prepare }) => prepare),
  });
}

/**
 * @template Case
 * @param {readonly Case[]} cases
 * @returns {(name: string, body: (given: Case) => unknown) => void}
 */
test.each = (cases) => (name, body) => {
  for (const given of cases) test(fill(name, given), () => body(given));
};

/**
 * "$clip.kind" and "%s" of a name.
 *
 * @param {string} name
 * @param {unknown} given
 */
function fill(name, given) {
  const named = name.replace('%s', String(given));
  return named.replace(/\$([\w.]+)/g, (_, path) => {
    /** @type {any} */
    let value = given;
    for (const key of path.split('.')) value = value?.[key];
    return String(value);
  });
}

/**
 * @param {any} actual
 * @param {string} [what]
 */
export function expect(actual, what = '') {
  const prefix = what === '' ? '' : `${what}: `;
  return {
    not: {
      /** @param {unknown} unexpected */
      toEqual(unexpected) {
        if (isDeepStrictEqual(actual, unexpected)) fail(prefix, actual, `not ${say(unexpected)}`);
      },
    },
    /** @param {unknown} expected */
    toBe(expected) {
      if (!Object.is(actual, expected)) fail(prefix, actual, expected);
    },
    /** @param {unknown} expected */
    toEqual(expected) {
      if (!isDeepStrictEqual(actual, expected)) fail(prefix, actual, expected);
    },
    /** @param {string | Partial} expected */
    toThrow(expected) {
      const thrown = errorOf(actual);
      if (thrown === null)
        throw new Error(`${prefix}nothing was thrown, expected ${say(expected)}`);
      const isFit =
        expected instanceof Partial ? expected.fits(thrown) : thrown.message.includes(expected);
      if (!isFit) fail(prefix, thrown.message, expected);
    },
    /** @param {number} limit */
    toBeLessThan(limit) {
      if (!(actual < limit)) fail(prefix, actual, `less than ${limit}`);
    },
    /** @param {number} limit */
    toBeGreaterThan(limit) {
      if (!(actual > limit)) fail(prefix, actual, `more than ${limit}`);
    },
  };
}

class Partial {
  /** @param {Record<string, unknown>} properties */
  constructor(properties) {
    this.properties = properties;
  }
  /** @param {any} value */
  fits(value) {
    return Object.entries(this.properties).every(([key, wanted]) =>
      isDeepStrictEqual(value[key], wanted),
    );
  }
}

/** @param {Record<string, unknown>} properties */
expect.objectContaining = (properties) => new Partial(properties);

/**
 * @param {() => unknown} run
 * @returns {Error | null}
 */
function errorOf(run) {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/**
 * @param {string} prefix
 * @param {unknown} actual
 * @param {unknown} expected
 * @returns {never}
 */
function fail(prefix, actual, expected) {
  throw new Error(`${prefix}got ${say(actual)}, expected ${say(expected)}`);
}

/** @param {unknown} value */
function say(value) {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

/**
 * @param {{ only: string, report: (outcome: { name: string, problem: string | null, ms: number }) => void }} options
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runTests({ only, report }) {
  const counts = { passed: 0, failed: 0 };
  for (const { name, body, prepare } of tests) {
    if (!name.includes(only)) continue;
    const started = performance.now();
    let problem = null;
    try {
      for (const step of prepare) await step();
      await body();
    } catch (error) {
      problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    if (problem === null) counts.passed += 1;
    else counts.failed += 1;
    report({ name, problem, ms: performance.now() - started });
  }
  return counts;
}
