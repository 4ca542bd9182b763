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
  [['optimizer', 'weightDecay'], 0],
  [['schedule', 'batchWords'], null],
  [['schedule', 'bucketWidth'], 2],
  [['schedule', 'fillUp'], 'none'],
  [['schedule', 'metric'], 'perplexity'],
  [['schedule', 'warmupSteps'], 0],
  [['schedule', 'plateau', 'weights'], 'keep'],
  [['schedule', 'plateau', 'moments'], 'keep'],
  [['schedule', 'averageCheckpoints'], 1],
  [['schedule', 'lossNormalisation'], 'words'],
  // What is off is null by then.
  [['schedule', 'scheduledSampling'], null],
  [['schedule', 'selfCritical'], null],
  [['schedule', 'selfCritical', 'dropout'], true],
  [['model', 'tieEmbedding'], false],
  [['model', 'init'], 'xavier-in'],
  // Null without a name by then.
  [['model', 'vectors'], null],
  [['model', 'imageHidden'], null],
  [['model', 'cell'], 'lstm'],
  [['model', 'forgetBias'], 0],
  [['model', 'layers'], 1],
  [['model', 'residual'], false],
  [['model', 'initialState'], 'zero'],
  [['model', 'inputFeeding'], true],
  [['model', 'attention', 'usePreviousWord'], false],
  [['model', 'attention', 'hidden'], null],
  [['model', 'attention', 'outputProjection'], false],
  [['model', 'attention', 'coverage'], 'count'],
  [['model', 'attention', 'coverageWidth'], 1],
  [['model', 'attentionInUpperLayers'], false],
  [['model', 'contextGate'], false],
  [['model', 'layerNorm'], false],
  [['model', 'embeddingDropout'], 0],
  [['model', 'recurrentInit'], 'orthogonal'],
  [['model', 'inputDropout'], 0],
  [['model', 'stateDropout'], 0],
  [['model', 'recurrentDropout'], 0],
];

/** The same in a decode spec. */
const ADDED_TO_DECODING: readonly Added[] = [
  [['method'], 'beam'],
  [['divisor'], 'words'],
  [['stop'], 'all'],
  [['prune'], 0],
  [['nBest'], 1],
  // Null without neighbours by then.
  [['rerank'], null],
  [['blockUnknown'], false],
  [['noRepeatNgram'], 0],
  [['temperature'], 1],
  [['topK'], 0],
  [['topP'], 1],
  [['seed'], 1],
  [['ensemble'], 1],
  [['combine'], 'linear'],
  [['attention'], false],
];

export function withoutAddedOptions(spec: object): object {
  return without(spec, TRAINING_TREE);
}

export function withoutAddedDecodeOptions(spec: object): object {
  return without(spec, DECODING_TREE);
}

/** A spec that has thousands of cells is stripped as often, so each node of it is copied once. */
interface AddedNode {
  readonly asBefore: ReadonlyMap<string, unknown>;
  readonly below: ReadonlyMap<string, AddedNode>;
}

const TRAINING_TREE = nodeOf(ADDED);
const DECODING_TREE = nodeOf(ADDED_TO_DECODING);

function nodeOf(added: readonly Added[]): AddedNode {
  const here = added.filter(([path]) => path.length === 1);
  const names = new Set(added.flatMap(([path]) => (path.length > 1 ? path.slice(0, 1) : [])));
  const rest = (name: string) =>
    added
      .filter(([path]) => path.length > 1 && path[0] === name)
      .map(([path, asBefore]) => [path.slice(1), asBefore] as const);
  return {
    asBefore: new Map(
      here.flatMap(([[key], asBefore]) => (key === undefined ? [] : [[key, asBefore]])),
    ),
    below: new Map([...names].map((name) => [name, nodeOf(rest(name))])),
  };
}

function without(tree: object, { asBefore, below }: AddedNode): object {
  const kept: [string, unknown][] = [];
  for (const [key, value] of Object.entries(tree)) {
    if (asBefore.has(key) && asBefore.get(key) === value) continue;
    const node = below.get(key);
    const isNested = node !== undefined && typeof value === 'object' && value !== null;
    kept.push([key, isNested ? without(value, node) : value]);
  }
  return Object.fromEntries(kept);
}
