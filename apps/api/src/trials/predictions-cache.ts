/** Parsed predictions files, kept for the next page. */
import type { Prediction, Sha256 } from '@capgrid/contracts';

export type ReadPredictions = {
  predictions: Prediction[];
  /** Of the file; what is parsed takes a small multiple. */
  bytes: number;
};

type Entry = { reading: Promise<ReadPredictions>; bytes: number };

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
    const entry = this.entries.get(sha256) ?? { reading: this.readFile(sha256), bytes: 0 };
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

  private dropOldest(): void {
    let total = [...this.entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [sha256, { bytes }] of this.entries) {
      if (total <= this.mostBytes || this.entries.size === 1) return;
      this.entries.delete(sha256);
      total -= bytes;
    }
  }
}
