/**
 * `capgrid encoder add`: puts a layer plan with its weights, or features that another program
 * computed, into the store and registers them.
 */
import { join } from 'node:path';
import { callApi, routes, STORE_FOLDER } from '@capgrid/contracts';
import { openFileStore } from '@capgrid/data';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import { checkPlanFiles, describeFeaturesFile } from '../encoder-files.js';
import { datasetName } from './parse-name.js';

interface Options {
  plan?: string;
  weights?: string;
  features?: string;
  name: string;
}

export function addEncoderAdd(encoder: Command, context: Context): void {
  encoder
    .command('add')
    .description('register an encoder for use in sweeps as encoder.kind plan or features')
    .option('--plan <file>', 'layer plan (JSON), with --weights')
    .option('--weights <file>', 'weights of the plan (safetensors)')
    .option(
      '--features <file>',
      'instead: features of another program (safetensors), an array [regions, channels] for each image, named by its file name or id',
    )
    .requiredOption('--name <name>', 'name in sweeps (encoder.name)', datasetName)
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  ./capgrid encoder add --plan mobilenet.json --weights mobilenet.safetensors --name mobilenet\n' +
        '  ./capgrid encoder add --features bottom-up.safetensors --name bottom-up',
    )
    .action(({ plan, weights, features, name }: Options) => {
      const hasPlan = plan !== undefined || weights !== undefined;
      if (features !== undefined && !hasPlan) return addFeatures(context, name, features);
      if (plan !== undefined && weights !== undefined && features === undefined) {
        return addPlan(context, name, plan, weights);
      }
      throw new CliError('usage', 'Give either --plan and --weights, or --features.');
    });
}

async function addPlan(
  context: Context,
  name: string,
  plan: string,
  weights: string,
): Promise<void> {
  await checkPlanFiles(plan, weights);
  const client = await connect(context);
  const store = await openFileStore(join(context.env.home, STORE_FOLDER));
  const planSha256 = await store.putFile(plan);
  const weightsSha256 = await store.putFile(weights);
  const body = { kind: 'plan' as const, name, planSha256, weightsSha256 };
  await callApi(client, routes.registerEncoder, { body });
  context.terminal.print(`${name}: plan ${planSha256}, weights ${weightsSha256}`);
}

async function addFeatures(context: Context, name: string, path: string): Promise<void> {
  const description = await describeFeaturesFile(path);
  const client = await connect(context);
  const store = await openFileStore(join(context.env.home, STORE_FOLDER));
  const precomputedSha256 = await store.putFile(path);
  const body = { kind: 'features' as const, name, precomputedSha256 };
  await callApi(client, routes.registerEncoder, { body });
  context.terminal.print(`${name}: ${description}, file ${precomputedSha256}`);
}
