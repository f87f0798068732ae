import type { Context, MiddlewareHandler } from 'hono';

/** What the middleware knows of a request. */
export interface Environment {
  Variables: {
    /** The path below the mount point and the static prefix, as it stands in the URL. */
    path: string;
    /** What follows the question mark. */
    query: string;
    /** All before `path`: origin, mount point, static prefix. */
    baseUrl: string;
  };
}

export type AppContext = Context<Environment>;
export type AppMiddleware = MiddlewareHandler<Environment>;
