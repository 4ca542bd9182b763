/** The child's side of `LineChild`: answers each line on stdin with one line of JSON. */
import { createInterface } from 'node:readline';
import type { Answer } from './line-child.js';

/** Ends when stdin does. */
export async function serveLines(
  ready: Answer,
  commands: Readonly<Record<string, (argument: string) => Answer | Promise<Answer>>>,
): Promise<void> {
  send(ready);
  for await (const line of createInterface({ input: process.stdin })) {
    const [name = '', argument = ''] = line.split(' ');
    const command = commands[name];
    if (command === undefined) {
      throw new RangeError(`"${name}" is none of ${Object.keys(commands).join(', ')}.`);
    }
    send(await command(argument));
  }
}

function send(answer: Answer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
