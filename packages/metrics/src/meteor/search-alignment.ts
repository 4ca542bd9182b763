/**
 * METEOR's search for the best alignment: a beam that walks the reference from left to right. Its
 * oddities decide which of several alignments wins, and so the score; they are kept and named here.
 */
import { candidateEnd, matchDistance, searchWorth, type Match } from './match.js';

/** Paths kept before each position. */
export const BEAM_SIZE = 40;

/**
 * The chosen matches in the order of the reference.
 *
 * @param matchesAt possible matches by the reference position they start at, in METEOR's order
 * @param fixedAt per reference position the match that nothing competes with: part of every path
 */
export function searchAlignment(
  matchesAt: readonly (readonly Match[])[],
  fixedAt: readonly (Match | null)[],
): Match[] {
  let beam: Path[] = [START];
  for (const [position, matches] of matchesAt.entries()) {
    const next: Path[] = [];
    const fixed = fixedAt[position];
    for (const path of beam) {
      // Inside a phrase. METEOR drops a path that stands on a used word for any other reason; there
      // is none, as only fixed matches are taken ahead and nothing competes with those.
      if (path.position > position) next.push(path);
      else if (fixed) next.push(take(path, fixed, path.distance + matchDistance(fixed)));
      else expand(path, matches, next);
    }
    beam = next.length > 1 ? best(next, BEAM_SIZE) : next;
  }
  const [winner] = best(beam.map(closeChunk), 1);
  return chosenMatches(winner?.last ?? null);
}

/** A partial alignment. */
interface Path {
  /** The reference position to decide next. */
  readonly position: number;
  readonly worth: number;
  /** Chunks that are closed. */
  readonly chunks: number;
  /** Where the open chunk would go on in the candidate; null without an open chunk. */
  readonly openEnd: number | null;
  readonly distance: number;
  readonly last: Choice | null;
}

/** The chosen matches, last one first: paths share what they have in common. */
interface Choice {
  readonly match: Match;
  readonly previous: Choice | null;
}

const START: Path = { position: 0, worth: 0, chunks: 0, openEnd: null, distance: 0, last: null };

/**
 * Continues a path by each match that is still free, and by none. METEOR adds the distance of a
 * match to the wrong path: not to the one that takes the match, but to those that are made after it.
 */
function expand(path: Path, matches: readonly Match[], next: Path[]): void {
  let { distance } = path;
  for (const match of matches) {
    if (!isFree(path.last, match)) continue;
    next.push(take(path, match, distance));
    distance += matchDistance(match);
  }
  const { position, worth, chunks, last } = closeChunk(path);
  next.push({ position: position + 1, worth, chunks, openEnd: null, distance, last });
}

function take(path: Path, match: Match, distance: number): Path {
  const { openEnd, chunks } = path;
  const breaksChunk = openEnd !== null && openEnd !== match.candidateStart;
  return {
    position: match.refStart + match.refLength,
    worth: path.worth + searchWorth(match),
    chunks: breaksChunk ? chunks + 1 : chunks,
    openEnd: candidateEnd(match),
    distance,
    last: { match, previous: path.last },
  };
}

/** Whether no chosen match uses a candidate word of this one. */
function isFree(last: Choice | null, match: Match): boolean {
  for (let choice = last; choice !== null; choice = choice.previous) {
    const other = choice.match;
    if (other.candidateStart < candidateEnd(match) && match.candidateStart < candidateEnd(other)) {
      return false;
    }
  }
  return true;
}

function closeChunk(path: Path): Path {
  if (path.openEnd === null) return path;
  const { position, worth, chunks, distance, last } = path;
  return { position, worth, chunks: chunks + 1, openEnd: null, distance, last };
}

/** The first `size` paths after a stable sort: among equals the one made first stays ahead. */
function best(paths: readonly Path[], size: number): Path[] {
  const sorted: Path[] = [];
  for (const path of paths) {
    let place = sorted.length;
    for (; place > 0; place--) {
      const ahead = sorted[place - 1];
      if (ahead === undefined || !isBetter(path, ahead)) break;
    }
    if (place === size) continue;
    sorted.splice(place, 0, path);
    if (sorted.length > size) sorted.pop();
  }
  return sorted;
}

/** More matched words, then fewer chunks, then less distance. */
function isBetter(a: Path, b: Path): boolean {
  if (a.worth !== b.worth) return a.worth > b.worth;
  if (a.chunks !== b.chunks) return a.chunks < b.chunks;
  return a.distance < b.distance;
}

function chosenMatches(last: Choice | null): Match[] {
  const matches: Match[] = [];
  for (let choice = last; choice !== null; choice = choice.previous) matches.push(choice.match);
  return matches.reverse();
}
