/** Student's t distribution for any number of degrees of freedom above 0. */

/** Chance of a value at least as far from 0 as `t`: I_x(df / 2, 1 / 2), x = df / (df + t^2). */
export function studentTwoSidedP(t: number, degreesOfFreedom: number): number {
  const x = degreesOfFreedom / (degreesOfFreedom + t * t);
  return regularizedBeta(x, degreesOfFreedom / 2, 0.5);
}

/** The distance from 0 within which the share `confidence` of values lies, for 0 < confidence < 1. */
export function studentHalfWidth(confidence: number, degreesOfFreedom: number): number {
  const tails = 1 - confidence;
  let [low, high] = [0, 1];
  while (studentTwoSidedP(high, degreesOfFreedom) > tails && high < MAX_T) high *= 2;
  // halves until neighbouring doubles: the tails fall strictly with t
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return high;
    if (studentTwoSidedP(middle, degreesOfFreedom) > tails) low = middle;
    else high = middle;
  }
}

const MAX_T = 1e300;

/** I_x(a, b); the continued fraction converges fast below x = (a + 1) / (a + b + 2). */
function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const factor = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b),
  );
  if (x < (a + 1) / (a + b + 2)) return factor / a / betaFraction(x, a, b);
  return 1 - factor / b / betaFraction(1 - x, b, a);
}

/** Denominator of DLMF 8.17.22, evaluated by Lentz's method (Thompson and Barnett 1986). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let [value, c, d] = [1, 1, 0];
  for (let term = 1; term <= 10000; term += 1) {
    const m = Math.floor(term / 2);
    const numerator =
      term % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + numerator * d;
    c = 1 + numerator / c;
    if (Math.abs(d) < tiny) d = tiny;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return value;
}

/** Lanczos's approximation with g = 7 and nine terms (Godfrey 2001); relative error about 1e-15. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const sum = LANCZOS.reduce((total, term, index) => total + term / (x + index), FIRST_LANCZOS);
  const shifted = x + 6.5;
  return Math.log(Math.sqrt(2 * Math.PI) * sum) + (x - 0.5) * Math.log(shifted) - shifted;
}

const FIRST_LANCZOS = 0.99999999999980993;
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
