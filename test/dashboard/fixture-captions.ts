/** Captions of a fixture trial with their images. */
import {
  packAttention,
  type AttentionMaps,
  type Prediction,
  type TrialSpec,
} from '@capgrid/contracts';

const COLOURS = ['red', 'blue', 'green', 'yellow', 'purple'];
const SHAPES = ['circle', 'square', 'triangle'];

/** So many of the first images have maps of attention. */
const MAPPED = 5;

/** Sixty scenes; in every fifth the caption has a wrong count, in every seventh a wrong colour. */
export function predictionsOf({ training, decode }: TrialSpec): Prediction[] {
  const isRetrieved = training.model.decoder === 'retrieval';
  return Array.from({ length: 60 }, (_, index) => {
    const colour = COLOURS[index % 5] ?? 'red';
    const shape = SHAPES[index % 3] ?? 'circle';
    const count = index % 5 === 0 ? 'three' : 'two';
    const said = index % 7 === 0 ? (COLOURS[(index + 1) % 5] ?? 'red') : colour;
    const isRight = count === 'two' && said === colour;
    return {
      imageId: String(1000 + index),
      imageSha256: index.toString(16).padStart(64, '0'),
      fileName: `scene-${1000 + index}.jpg`,
      caption: `${count} small ${said} ${shape}s above a large gray square`,
      references: [
        `Two small ${colour} ${shape}s above a large gray square.`,
        `there are two ${colour} ${shape}s and below them a gray square`,
        `a large gray square lies below two small ${shape}s`,
        `two ${shape}s in ${colour} over a big square`,
        `small ${colour} ${shape}s, two of them, above a square`,
      ],
      logProb: isRetrieved ? null : -3.2,
      isFinished: true,
      alternatives: Array.from({ length: decode.nBest - 1 }, (__, place) => ({
        caption: [`two ${said} ${shape}s`, `a ${shape} and`][place % 2] ?? '',
        logProb: -4.4 - place,
        isFinished: place % 2 === 0,
      })),
      similarity: isRetrieved ? 1.234 : null,
      attention: index < MAPPED && !isRetrieved ? mapsOf(9, index) : null,
      scores: {
        bleu4: isRight ? 1 : 0.41 + index / 1000,
        meteor: isRight ? 1 : 0.37,
        rougeL: isRight ? 1 : 0.8,
        ciderD: isRight ? 4.1 + index / 100 : 1.2 + index / 100,
        cider: isRight ? 4.3 + index / 100 : 1.1 + index / 100,
      },
      meteorStatistics: null,
      bleuStatistics: {
        testLength: 8,
        refLength: 8,
        guess: [8, 7, 6, 5],
        correct: isRight ? [8, 7, 6, 5] : [6, 4, 2, 1],
      },
    };
  });
}

/** Each word looks at another cell of three by three, and a little at the whole image. */
function mapsOf(words: number, image: number): AttentionMaps {
  const looked = (word: number) =>
    Array.from({ length: 10 }, (_, i) => (i === (word + image) % 9 ? 0.64 : 0.04));
  return {
    grid: { rows: 3, columns: 3 },
    regions: 9,
    beside: ['global'],
    words: Array.from({ length: words }, (_, word) => packAttention(looked(word))),
  };
}

/** A drawing in the place of the imported JPEG. */
export function imageOf(sha256: string): string {
  const index = Number.parseInt(sha256.slice(-4), 16);
  const colour = COLOURS[index % 5] ?? 'red';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" viewBox="0 0 128 128"><rect width="128" height="128" fill="#f5f3ec"/><circle cx="42" cy="34" r="13" fill="${colour}"/><circle cx="86" cy="30" r="13" fill="${colour}"/><rect x="38" y="66" width="50" height="50" fill="#8a8a8a"/></svg>`;
}
