/** `capgrid encoder …` */
import type { Command } from 'commander';
import type { Context } from '../context.js';
import { addEncoderAdd } from './encoder-add.js';
import { addEncoderList } from './encoder-list.js';

export function addEncoder(program: Command, context: Context): void {
  const encoder = program.command('encoder').description('register and list image encoders');
  addEncoderAdd(encoder, context);
  addEncoderList(encoder, context);
}
