/** Server-sent events: an observable of messages as an HTTP answer. */
import type { Request, Response } from 'express';
import type { Observable } from 'rxjs';

export type ServerEvent = { event: string; data: unknown; id?: string };

/** Comments keep proxies from closing a quiet connection. */
const HEARTBEAT_MS = 15_000;

export function sendEvents(
  request: Request,
  response: Response,
  events: Observable<ServerEvent>,
): void {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  response.write(': connected\nretry: 2000\n\n');
  const heartbeat = setInterval(() => response.write(': heartbeat\n\n'), HEARTBEAT_MS);
  const subscription = events.subscribe({
    next: (message) => response.write(format(message)),
    // The browser reconnects and gets a proper answer then.
    error: () => response.end(),
    complete: () => response.end(),
  });
  request.once('close', () => {
    clearInterval(heartbeat);
    subscription.unsubscribe();
  });
}

function format({ event, data, id }: ServerEvent): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `${idLine}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
