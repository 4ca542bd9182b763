/** Parsed predictions files, kept for the next page. */
import type { Prediction, Sha256 } from '@capgrid/contracts';

export type ReadPredictions = {
  predictions: Prediction[];
  /** Of the file; what is parsed takes a small multiple. */
  bytes: number;
};

/** `bytes`: null while it is being read. */
type Entry = { reading: Promise<ReadPredictions>; bytes: number | null };

/**
 * Those used last, of files that have `mostBytes` together; the newest whatever its size. A digest
 * names its content for ever, so entries never go stale.
 */
export class PredictionsCache {
  /** Used longest ago first. */
  private readonly entries = new Map<Sha256, Entry>();

  constructor(
    private readonly mostBytes: number,
    private readonly readFile: (sha256: Sha256) => Promise<ReadPredictions>,
  ) {}

  /** Rejects as `readFile` does; the next call tries again. */
  async read(sha256: Sha256): Promise<Prediction[]> {
    const entry = this.entries.get(sha256) ?? { reading: this.readFile(sha256), bytes: null };
    this.entries.delete(sha256);
    this.entries.set(sha256, entry);
    try {
      const { predictions, bytes } = await entry.reading;
      entry.bytes = bytes;
      this.dropOldest();
      return predictions;
    } catch (error) {
      this.entries.delete(sha256);
      throw error;
    }
  }

  /** What is being read frees nothing, and is wanted. */
  private dropOldest(): void {
    const read = [...this.entries].flatMap(([sha256, { bytes }]) =>
      bytes === null ? [] : [{ sha256, bytes }],
    );
    let total = read.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { sha256, bytes } of read.slice(0, -1)) {
      if (total <= this.mostBytes) return;
      this.entries.delete(sha256);
      total -= bytes;
    }
  }
}
