/** What goes wrong with datasets and their files. The code is stable; the message says what to do. */

export type DataErrorCode =
  | 'store-not-writable'
  | 'object-missing'
  | 'object-corrupt'
  | 'object-too-large'
  | 'manifest-invalid'
  | 'scenes-invalid'
  | 'karpathy-invalid'
  | 'duplicate-id'
  | 'image-in-two-splits'
  | 'image-source-unreadable'
  | 'no-usable-images'
  | 'import-aborted'
  | 'vocabulary-invalid'
  | 'selection-invalid'
  | 'feature-file-invalid'
  | 'feature-file-truncated'
  | 'feature-shape'
  | 'feature-range'
  | 'safetensors-invalid'
  | 'precomputed-invalid'
  | 'precomputed-images'
  | 'vectors-invalid'
  | 'image-undecodable';

export class DataError extends Error {
  override readonly name = 'DataError';

  constructor(
    readonly code: DataErrorCode,
    message: string,
    options?: { cause: unknown },
  ) {
    super(message, options);
  }
}
