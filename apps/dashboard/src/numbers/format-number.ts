/** Numbers as the pages print them. No locale: server and browser must write the same text. */

/** The minus sign of typesetting, as wide as a plus. */
const MINUS = '\u2212';

/** `12345` to `12,345`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Fixed decimals with a real minus sign. */
export function formatFixed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `${MINUS}${text}` : text;
}

/** A difference: `+0.3`, `−0.2`, `±0.0` where it rounds to nothing. */
export function formatDelta(delta: number, decimals: number): string {
  const text = Math.abs(delta).toFixed(decimals);
  if (Number(text) === 0) return `±${text}`;
  return `${delta < 0 ? MINUS : '+'}${text}`;
}

/** An interval: `[51.2, 53.9]`. */
export function formatInterval(
  { low, high }: { low: number; high: number },
  decimals: number,
): string {
  return `[${formatFixed(low, decimals)}, ${formatFixed(high, decimals)}]`;
}

/** A p-value: `p = 0.013`, `p < 0.001`; null where nothing could be tested. */
export function formatP(p: number | null): string {
  if (p === null) return 'no p';
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}

/** Three significant digits, for losses and perplexities: `0.0412`, `3.21`, `1,234`. */
export function formatMeasure(value: number): string {
  if (value === 0) return '0';
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size >= 3) return formatCount(Math.round(value));
  return formatFixed(value, Math.min(8, Math.max(0, 2 - size)));
}

/** `1 trial`, `24 trials`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
