/** Arithmetic mean of at least one number, used by ROUGE-L and CIDEr-D for their corpus score. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
