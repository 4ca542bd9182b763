/** How captions were decoded, in the words of a table's caption. */
import { decodeAsRead, type DecodeSpec } from './decode-spec.js';

type Part = { option: keyof DecodeSpec; words: (decode: DecodeSpec) => string };

const isSampled = ({ method }: DecodeSpec): boolean => method === 'sample';

/** Empty where an option is off or not read; greedy is a beam of 1 by then. */
const PARTS: readonly Part[] = [
  { option: 'method', words: (decode) => (isSampled(decode) ? 'sampled words' : '') },
  {
    option: 'beam',
    words: (decode) =>
      isSampled(decode) ? '' : decode.beam === 1 ? 'greedy' : `beam ${decode.beam}`,
  },
  {
    option: 'norm',
    words: (decode) => (isSampled(decode) ? '' : `${decode.norm} length normalisation`),
  },
  {
    option: 'lengthPenalty',
    words: (decode) => {
      const { alpha, beta } = decode.lengthPenalty;
      return isSampled(decode) ? '' : `alpha ${alpha}, beta ${beta}`;
    },
  },
  {
    option: 'divisor',
    words: ({ divisor }) => (divisor === 'words' ? '' : 'end mark counted'),
  },
  { option: 'stop', words: ({ stop }) => (stop === 'all' ? '' : `stop rule ${stop}`) },
  { option: 'prune', words: ({ prune }) => (prune === 0 ? '' : `pruned at ${prune}`) },
  {
    option: 'temperature',
    words: (decode) => (isSampled(decode) ? `temperature ${decode.temperature}` : ''),
  },
  {
    option: 'topK',
    words: ({ topK }) => (topK > 0 ? `top-k ${topK}` : ''),
  },
  {
    option: 'topP',
    words: ({ topP }) => (topP < 1 ? `top-p ${topP}` : ''),
  },
  { option: 'blockUnknown', words: ({ blockUnknown }) => (blockUnknown ? 'no <unk>' : '') },
  {
    option: 'noRepeatNgram',
    words: ({ noRepeatNgram: n }) => (n === 0 ? '' : `no ${n}-gram twice`),
  },
  {
    option: 'ensemble',
    words: ({ ensemble, combine }) => (ensemble === 1 ? '' : `${combine} ensemble of ${ensemble}`),
  },
  {
    option: 'rerank',
    words: ({ nBest, rerank: { neighbours, agreeing } }) =>
      neighbours === 0
        ? ''
        : `the best of ${nBest} by ${agreeing === null ? '' : `${agreeing} of `}the captions of ${neighbours} similar training images`,
  },
  { option: 'maxWords', words: ({ maxWords }) => `at most ${maxWords} words` },
];

/**
 * `beam 3, per_step length normalisation, …`, without the options that the table shows itself. Of
 * searches and samples each is told apart, as they have other options.
 */
export function describeDecoding(
  decodes: readonly DecodeSpec[],
  isShown: (option: keyof DecodeSpec) => boolean = () => false,
): string {
  const read = decodes.map(decodeAsRead);
  return [read.filter((decode) => !isSampled(decode)), read.filter(isSampled)]
    .map((alike) => describeAlike(alike, isShown))
    .filter((said) => said !== '')
    .join('; ');
}

function describeAlike(
  decodes: readonly DecodeSpec[],
  isShown: (option: keyof DecodeSpec) => boolean,
): string {
  // A method that the table shows stays here too: what follows is of it alone.
  return PARTS.filter(({ option }) => option === 'method' || !isShown(option))
    .map(({ words }) => [...new Set(decodes.map(words))].filter((said) => said !== ''))
    .filter((said) => said.length > 0)
    .map((said) => said.join(' or '))
    .join(', ');
}
