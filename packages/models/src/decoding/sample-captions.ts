/**
 * Sampled captions of the model that is being trained, for self-critical training:
 *
 *     const { samples, greedy } = await sampleCaptions({
 *       captioner, // over the live weights; its decoder is made here, anew at each call
 *       images,    // ImageTensors of the batch (imageTensors(features, indices)); stay the caller's
 *       samples: 5, // captions drawn per image
 *       withGreedy: true, // also the likeliest word at each step, in the same run
 *       temperature: 1,
 *       maxWords: 20,
 *       rng, // one generator per update; each image and sample gets its own from it
 *     });
 *     samples[image][sample].tokens // word ids without begin and end mark
 *     samples[image][sample].isFinished // false where it was cut: it has no end mark then
 *     greedy?.[image].tokens
 */
import type { Captioner, ImageTensors } from '../captioner/captioner.js';
import type { Rng } from '../rng.js';
import { keeping, release } from '../tensor-scope.js';
import { drawCaptions } from './draw-captions.js';

export interface SampleCaptionsOptions {
  readonly captioner: Captioner;
  readonly images: ImageTensors;
  readonly samples: number;
  readonly withGreedy: boolean;
  readonly temperature: number;
  readonly maxWords: number;
  readonly rng: Rng;
}

export interface SampledCaption {
  readonly tokens: readonly number[];
  readonly isFinished: boolean;
}

export interface SampledCaptions {
  /** By image, then by sample. */
  readonly samples: SampledCaption[][];
  /** By image; null without. */
  readonly greedy: SampledCaption[] | null;
}

export async function sampleCaptions(options: SampleCaptionsOptions): Promise<SampledCaptions> {
  const { captioner, images, samples, withGreedy, temperature, maxWords, rng } = options;
  const count = images.features.shape[0] ?? 0;
  const perImage = samples + (withGreedy ? 1 : 0);
  const decoder = keeping(() => captioner.decoder());
  try {
    const rows = await drawCaptions(decoder, images, {
      // The greedy one comes last among the rows of its image.
      rows: Array.from({ length: count }, (_, image) =>
        Array.from({ length: perImage }, (_, i) =>
          i < samples ? rng.fork(`image ${image} sample ${i}`) : null,
        ),
      ),
      temperature,
      topK: 0,
      topP: 1,
      maxWords,
      barred: [],
      noRepeatNgram: 0,
      withLogProbs: false,
      withAttention: false,
    });
    return {
      samples: rows.map((ofImage) => ofImage.slice(0, samples)),
      greedy: withGreedy ? rows.flatMap((ofImage) => ofImage.slice(samples)) : null,
    };
  } finally {
    release(decoder);
  }
}
