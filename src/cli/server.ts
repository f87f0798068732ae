import { createApp, serve } from '../http/index.js';
import type { RunningServer } from '../http/index.js';
import { openStore } from '../index.js';
import type { Store } from '../index.js';

import { EXIT } from './exit-codes.js';
import { listenFailure, storeFailure } from './failure.js';
import { say } from './output.js';
import type { ServerSettings } from './settings.js';
import { packageVersion } from './version.js';

/** Serves until a signal; answers the exit code. */
export async function runServer(settings: ServerSettings): Promise<number> {
  const stop = stopSignal();
  for (const note of settings.notes) say(note);
  // A start may be ended after any statement: the next one goes on. So nobody waits for a slow one.
  const store = await Promise.race([open(settings), stop]);
  if (typeof store === 'string') {
    say(`${store}: stopped before the database was open`);
    return EXIT.ok;
  }
  let server: RunningServer;
  try {
    server = await listen(store, settings);
  } catch (error) {
    await store.close();
    throw error;
  }
  announce(store, server, settings);
  const signal = await stop;
  say(`${signal}: finishing what is under way (a second signal stops at once)`);
  await server.close();
  await store.close();
  say('stopped');
  return EXIT.ok;
}

async function open(settings: ServerSettings): Promise<Store> {
  const { backendStoreUri } = settings;
  try {
    return await openStore(backendStoreUri, {
      defaultArtifactRoot: settings.defaultArtifactRoot,
      artifactsDestination: settings.artifactsDestination,
      truncateLongValues: settings.truncateLongValues,
      webhooks: { ...settings.webhooks, onDeadLetter: log },
      onNotice: say,
    });
  } catch (error) {
    throw storeFailure(error, backendStoreUri);
  }
}

async function listen(store: Store, settings: ServerSettings): Promise<RunningServer> {
  const app = createApp(store, {
    ...settings,
    logger: { error: log },
  });
  try {
    return await serve(app, { host: settings.host, port: settings.port });
  } catch (error) {
    throw listenFailure(error, settings.host, settings.port);
  }
}

function announce(store: Store, server: RunningServer, settings: ServerSettings): void {
  const artifacts = settings.serveArtifacts ? store.artifacts.destination : 'not served';
  // An address that means "all of them" is none that a client can be pointed at.
  const reachable = server.url.replace(/\/\/(?:0\.0\.0\.0|\[::\]):/, '//127.0.0.1:');
  say(`mlflow-cratedb ${packageVersion()}`);
  say(`  database   ${store.description}`);
  say(`  artifacts  ${artifacts}`);
  say(`  listening  ${server.url}${settings.staticPrefix}`);
  say(`Use it:  export MLFLOW_TRACKING_URI=${reachable}${settings.staticPrefix}`);
}

/** Resolves at the first SIGTERM or SIGINT; the second ends the process where it stands. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let stopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(EXIT.unforeseen);
        stopping = true;
        resolve(signal);
      });
    }
  });
}

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}
