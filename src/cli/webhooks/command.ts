import type { Command } from 'commander';

import { WEBHOOKS_EXIT } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { emptyToUndefined, type Variables } from '../variables.js';
import type { DeliveriesFlags, RedeliverFlags, WebhookFlags } from './flags.js';

/** Adds `webhooks` with its commands. What they need is loaded when they run. */
export function addWebhookCommands(program: Command, variables: Variables = process.env): void {
  const webhooks = program
    .command('webhooks')
    .description(
      'Show what webhooks were told, and send dead letters again. Exits: 0 done, 1 error.',
    );
  webhooks
    .copyInheritedSettings(program)
    .helpOption('--help', 'print this help')
    .helpCommand(false);

  const add = (name: string, description: string): Command => {
    const command = webhooks.command(name).description(description);
    command.copyInheritedSettings(program).helpOption('--help', 'print this help');
    return command
      .option(
        '--backend-store-uri <uri>',
        'crate://user@host:5432/?schema=mlflow, pglite:<folder>, or none for the embedded ' +
          'database in ./mlflow-data (MLFLOW_BACKEND_STORE_URI)',
      )
      .option('--webhook <id>', 'of this webhook alone')
      .option('--json', 'print one JSON document, for programs');
  };
  const uriOf = ({ backendStoreUri }: WebhookFlags) =>
    emptyToUndefined(backendStoreUri ?? variables['MLFLOW_BACKEND_STORE_URI']);

  add('deliveries', 'List deliveries, the newest first.')
    .option('--failed', 'dead letters alone')
    .option('--limit <number>', 'how many at most; default 100')
    .allowExcessArguments(false)
    .action(async (flags: DeliveriesFlags) => {
      const limit = limitOf(flags.limit);
      const { showDeliveries } = await import('./deliveries.js');
      await showDeliveries(uriOf(flags), { ...flags, limit });
    });

  add('redeliver', 'Send dead letters, or delivered ones, again: by the servers that run.')
    .argument('[ids...]', 'ids of deliveries')
    .option('--all', 'all dead letters')
    .action(async (ids: readonly string[], flags: RedeliverFlags) => {
      if ((ids.length === 0) === (flags.all !== true)) {
        throw wrongUse('webhooks redeliver takes ids of deliveries, or --all.');
      }
      const { redeliver } = await import('./redeliver.js');
      await redeliver(uriOf(flags), ids, flags);
    });
}

function limitOf(text = '100'): number {
  const limit = Number(text);
  if (!/^\d{1,7}$/.test(text) || limit < 1) {
    throw wrongUse(`--limit must be a whole number from 1 on. Got '${text}'.`);
  }
  return limit;
}

function wrongUse(message: string): Failure {
  return new Failure(message, WEBHOOKS_EXIT.error);
}
