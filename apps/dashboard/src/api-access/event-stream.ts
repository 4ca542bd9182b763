/**
 * Server-sent events that keep coming. `EventSource` reconnects by itself after a broken connection,
 * but gives up for good after an answer other than 200, for example while the API restarts.
 */
export type Connection = 'connecting' | 'live' | 'lost';

type EventStream = {
  url: string;
  /** Name of the events wanted. */
  event: string;
  onData: (data: unknown) => void;
  onConnection: (connection: Connection) => void;
};

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 15_000;

/** @returns a function that ends the stream */
export function openEvents({ url, event, onData, onConnection }: EventStream): () => void {
  let delayMs = FIRST_DELAY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source = connect();

  function connect(): EventSource {
    const opened = new EventSource(url);
    opened.addEventListener('open', () => {
      delayMs = FIRST_DELAY_MS;
      onConnection('live');
    });
    opened.addEventListener(event, (message) => {
      onData(JSON.parse(message.data));
    });
    opened.addEventListener('error', () => {
      onConnection('lost');
      if (opened.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(() => {
        source = connect();
      }, delayMs);
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
    });
    return opened;
  }

  return () => {
    clearTimeout(timer);
    source.close();
  };
}
