/** Arithmetic mean of at least one number: the corpus score of ROUGE-L, CIDEr, CIDEr-D and SPICE. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
