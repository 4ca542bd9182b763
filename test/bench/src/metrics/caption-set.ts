/**
 * The captions that are scored: those of coco-caption's official example where a checkout has them
 * beside it, copied with changed words for larger sets, else captions that are generated here.
 */
import { Rng } from '@capgrid/models';
import { captionGenerator } from './generate-captions.js';
import { growCaptions } from './grow-captions.js';
import { readFakecap } from './read-fakecap.js';

export interface CaptionImage {
  readonly imageId: number;
  readonly candidate: string;
  /** What another model says: a slightly worse one. */
  readonly other: string;
  readonly references: readonly string[];
}

export interface CaptionSet {
  /** Where the captions come from, for people. */
  readonly source: string;
  readonly images: readonly CaptionImage[];
}

export interface CaptionSource {
  readonly name: string;
  /** As many images as asked for; larger sets begin with the smaller ones. */
  readonly take: (images: number, references: number) => CaptionSet;
}

const SEED = 11;
/** Images of `fakecap`: its own captions, unchanged. */
const OWN_IMAGES = 1000;
/** Share of the captions of the other model that lose a word. */
const WORSENED = 0.4;

export function openCaptions(): CaptionSource {
  const fakecap = readFakecap();
  const rng = Rng.from(SEED);
  if (fakecap === null) {
    return {
      name: 'generated captions (fakecap is not here)',
      take: (images, references) => ({
        source: 'generated',
        images: fill(images, captionGenerator(rng), references, rng),
      }),
    };
  }
  return {
    name: 'captions of fakecap',
    take: (images, references) => ({
      source: images <= OWN_IMAGES ? 'fakecap' : 'fakecap, grown',
      images: fill(images, growCaptions(fakecap, rng), references, rng),
    }),
  };
}

/** Captions of the image at this place, the one to score first. */
export type CaptionsAt = (image: number) => {
  readonly candidate: string;
  readonly references: readonly string[];
};

function fill(
  images: number,
  captionsAt: CaptionsAt,
  references: number,
  rng: Rng,
): readonly CaptionImage[] {
  const own = rng.fork('other');
  return Array.from({ length: images }, (_, image) => {
    const captions = captionsAt(image);
    return {
      imageId: image + 1,
      candidate: captions.candidate,
      other: worsened(captions.candidate, own),
      references: captions.references.slice(0, references),
    };
  });
}

/** Without one of its words. */
function worsened(caption: string, rng: Rng): string {
  const words = caption.split(' ');
  const isChanged = rng.uniform() < WORSENED && words.length > 1;
  const left = rng.integer(words.length);
  return isChanged ? words.filter((_, index) => index !== left).join(' ') : caption;
}
