import { formatInstant } from './format-time';

/** A point in time, in UTC. */
export function Instant({ at }: { at: string }) {
  return <time dateTime={at}>{formatInstant(at)}</time>;
}
