/** Asks a Redis server for a sign of life, in its own protocol (RESP). */
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const PATIENCE_MS = 10_000;
const DEFAULT_PORT = 6379;

/** @throws when nothing listens, or what listens does not answer PONG */
export async function pingRedis(url: string): Promise<void> {
  const { protocol, hostname, port, username, password } = new URL(url);
  const address = { host: hostname, port: port === '' ? DEFAULT_PORT : Number(port) };
  const isTls = protocol === 'rediss:';
  const socket = isTls ? connectTls({ ...address, servername: hostname }) : connectPlain(address);
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer within 10 s')));
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect');
    if (password !== '') {
      const user = username === '' ? [] : [decodeURIComponent(username)];
      await ask(socket, ['AUTH', ...user, decodeURIComponent(password)], '+OK');
    }
    await ask(socket, ['PING'], '+PONG');
  } finally {
    socket.destroy();
  }
}

async function ask(socket: Socket, words: readonly string[], expected: string): Promise<void> {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  socket.write(`*${words.length}\r\n${parts.join('')}`);
  const [chunk] = await once(socket, 'data');
  const answer = String(chunk).trim();
  if (answer !== expected) throw new Error(`answered "${answer.slice(0, 100)}"`);
}
