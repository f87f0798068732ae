import type { ContentfulStatusCode } from 'hono/utils/http-status';

import type { Decoded, Route } from '../protocol/index.js';
import { decodeBody, decodeQuery } from '../protocol/index.js';

import type { AppContext } from './environment.js';
import { readText } from './middleware/body-limit.js';
import { requireJson } from './middleware/content-type.js';
import type { ServedStore } from './options.js';

/** One request on its way to the operation that answers it. */
export interface Call {
  readonly c: AppContext;
  readonly store: ServedStore;
  readonly route: Route;
  /** Path parameters, still percent-encoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly settings: Settings;
}

/** The options that operations look at. */
export interface Settings {
  readonly serveArtifacts: boolean;
  readonly maxBodyBytes: number;
  readonly modelVersionSourcePattern: RegExp | undefined;
}

export type Operation = (call: Call) => Promise<Response> | Response;

type RequestSchema = Parameters<typeof decodeBody>[0];

/** An operation that takes one message and answers JSON. */
export function jsonOperation<Schema extends RequestSchema>(
  schema: Schema,
  handle: (store: ServedStore, request: Decoded<Schema>, call: Call) => Promise<string>,
): Operation {
  return async (call) =>
    jsonResponse(call.c, await handle(call.store, await readMessage(call, schema), call));
}

/** A GET with arguments is its query, everything else its JSON body. */
export async function readMessage<Schema extends RequestSchema>(
  { c, settings }: Call,
  schema: Schema,
): Promise<Decoded<Schema>> {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return decodeQuery(schema, c.get('query'));
  requireJson(c);
  return decodeBody(schema, await readText(c, settings.maxBodyBytes));
}

export function jsonResponse(c: AppContext, body: string): Response {
  return c.body(body, 200, { 'Content-Type': 'application/json' });
}

export function htmlResponse(
  c: AppContext,
  body: string,
  status: ContentfulStatusCode = 200,
): Response {
  return c.body(body, status, { 'Content-Type': 'text/html; charset=utf-8' });
}
