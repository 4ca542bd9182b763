/** One JSON line per event. What Nest says of its own start is for debugging only. */
import { ConsoleLogger } from '@nestjs/common';

export class EventLogger extends ConsoleLogger {
  constructor() {
    super({ json: true, logLevels: ['log', 'warn', 'error', 'fatal'] });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (typeof message === 'object') super.log(message, ...rest);
    else super.debug(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    // Nest logs a taken port before it throws; main.ts says it in words, once.
    if (typeof message === 'string' && message.startsWith('Error: listen ')) return;
    super.error(message, ...rest);
  }
}
