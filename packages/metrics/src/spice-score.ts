/** SPICE values of a run of the SPICE tool; `src/node` runs the tool. */

/** Scene-graph tuples of one category. `f` is null where neither side has a tuple of it. */
export interface SpiceCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly f: number | null;
}

export interface SpiceImage {
  readonly imageId: string;
  /** F over all tuples, 0..1. */
  readonly f: number;
  /** `All`, `Object`, `Attribute`, `Relation`, `Color`, `Size`, `Cardinality`. */
  readonly categories: Readonly<Record<string, SpiceCounts>>;
}

export interface SpiceScore {
  /** Mean over images of F, 0..1. */
  readonly corpus: number;
  /** In input order. */
  readonly perImage: readonly SpiceImage[];
  /** Names the tool in signatures, for instance `spice-1.0.jar-1a2b3c4d5e6f`. */
  readonly tool: string;
}
