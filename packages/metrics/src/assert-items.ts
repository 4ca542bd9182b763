/** What `scoreCaptions` and `runSpice` ask of images and their captions. */
import { invalidInput, isRecord, nameValue } from './invalid-input.js';
import { MetricInputError } from './metric-input-error.js';

/**
 * @throws MetricInputError `invalid-input`, `invalid-caption`, `no-images`, `no-references`,
 * `duplicate-image-id`
 */
export function assertItems(items: unknown): void {
  if (!Array.isArray(items)) {
    throw invalidInput('items', items, 'a list of { imageId, candidate, references }');
  }
  if (items.length === 0) {
    throw new MetricInputError(
      'no-images',
      'There are 0 images to score. Pass at least one candidate with its references.',
    );
  }
  const list: readonly unknown[] = items;
  const firstIndex = new Map<string, number>();
  for (const [index, item] of list.entries()) {
    if (!isRecord(item)) {
      throw invalidInput(`items[${index}]`, item, 'an object { imageId, candidate, references }');
    }
    const { imageId, candidate, references } = item;
    if (typeof imageId !== 'string') {
      const example = typeof imageId === 'number' ? `, here "${imageId}"` : '';
      throw invalidInput(`items[${index}].imageId`, imageId, `a string${example}`);
    }
    const earlier = firstIndex.get(imageId);
    if (earlier !== undefined) {
      throw new MetricInputError(
        'duplicate-image-id',
        `Image id "${imageId}" occurs at index ${earlier} and again at index ${index}. ` +
          'Keep one candidate per image.',
      );
    }
    firstIndex.set(imageId, index);
    assertCaption(imageId, candidate);
    assertReferences(imageId, references);
  }
}

function assertReferences(imageId: string, references: unknown): void {
  if (!Array.isArray(references)) {
    throw invalidInput(`references of image "${imageId}"`, references, 'a list of strings');
  }
  if (references.length === 0) {
    throw new MetricInputError(
      'no-references',
      `Image "${imageId}" has 0 references. Give it at least one reference or leave it out.`,
    );
  }
  const list: readonly unknown[] = references;
  for (const reference of list) assertCaption(imageId, reference);
}

function assertCaption(imageId: string, caption: unknown): void {
  if (typeof caption === 'string') return;
  throw new MetricInputError(
    'invalid-caption',
    `A caption of image "${imageId}" is ${nameValue(caption)}; captions are strings, and an ` +
      'empty caption is "".',
  );
}
