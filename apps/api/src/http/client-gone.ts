/** Tells work that answers a request when nobody waits for the answer any more. */
import type { Response } from 'express';

/** Aborts when the connection ends; after the answer that changes nothing. */
export function clientGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}
