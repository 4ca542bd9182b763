/**
 * Options that came after the first trainings were kept. Where one has the value that says "as
 * before", it is left out of what a key hashes, so that the kept results are found again.
 */
type Path = readonly string[];
type Added = readonly [path: Path, asBefore: string | number | boolean | null];

/** Paths in a training spec, each with the value that changes nothing. */
const ADDED: readonly Added[] = [
  [['model', 'featureScale'], 1],
  [['model', 'featureNorm'], 'none'],
  [['model', 'regionNorm'], 'none'],
  [['model', 'maskPadding'], true],
  [['model', 'globalInMemory'], true],
  [['schedule', 'batchWords'], null],
  [['schedule', 'bucketWidth'], 2],
  [['schedule', 'warmupSteps'], 0],
  [['schedule', 'plateau', 'weights'], 'keep'],
  [['schedule', 'plateau', 'moments'], 'keep'],
  [['schedule', 'averageCheckpoints'], 1],
  [['schedule', 'lossNormalisation'], 'words'],
  // What is off is null by then.
  [['schedule', 'scheduledSampling'], null],
  [['schedule', 'selfCritical'], null],
  [['model', 'tieEmbedding'], false],
  [['model', 'init'], 'xavier-in'],
];

/** The same in a decode spec. */
const ADDED_TO_DECODING: readonly Added[] = [
  [['method'], 'beam'],
  [['divisor'], 'words'],
  [['stop'], 'all'],
  [['prune'], 0],
  [['nBest'], 1],
  [['blockUnknown'], false],
  [['noRepeatNgram'], 0],
  [['temperature'], 1],
  [['topK'], 0],
  [['topP'], 1],
  [['seed'], 1],
  [['ensemble'], 1],
  [['combine'], 'linear'],
];

export function withoutAddedOptions(spec: object): object {
  return withoutAdded(spec, ADDED);
}

export function withoutAddedDecodeOptions(spec: object): object {
  return withoutAdded(spec, ADDED_TO_DECODING);
}

function withoutAdded(spec: object, added: readonly Added[]): object {
  return added.reduce<object>((tree, [path, asBefore]) => without(tree, path, asBefore), spec);
}

function without(tree: object, [key, ...rest]: Path, asBefore: unknown): object {
  if (key === undefined || !Object.hasOwn(tree, key)) return tree;
  const value: unknown = Reflect.get(tree, key);
  if (rest.length === 0) {
    return value === asBefore
      ? Object.fromEntries(Object.entries(tree).filter(([name]) => name !== key))
      : tree;
  }
  if (typeof value !== 'object' || value === null) return tree;
  return { ...tree, [key]: without(value, rest, asBefore) };
}
