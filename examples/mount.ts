/**
 * MLflow's REST API as part of a Node service of your own, under a prefix:
 *
 *     node examples/mount.ts [store URI]
 *     MLFLOW_TRACKING_URI=http://127.0.0.1:8080/mlflow python train.py
 *
 * `createHandler` answers a `Request` with a `Response`, so the service may be built on any
 * framework that speaks fetch; with Hono, `service.route('/mlflow', createApp(store))` does it.
 */
import { openStore } from 'mlflow-cratedb';
import { createHandler, serve } from 'mlflow-cratedb/server';

const PREFIX = '/mlflow';

const store = await openStore(process.argv[2]);
const mlflow = createHandler(store, { staticPrefix: PREFIX });

const service = await serve(
  {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === '/') return new Response('The service itself\n');
      if (pathname.startsWith(`${PREFIX}/`)) return mlflow.fetch(request);
      return new Response('Not found\n', { status: 404 });
    },
  },
  { port: Number(process.env['PORT'] ?? 8080) },
);
console.log(`MLFLOW_TRACKING_URI=${service.url}${PREFIX}`);

process.once('SIGTERM', () => {
  void service.close().then(() => store.close());
});
