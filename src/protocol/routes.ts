import type { OperationName } from './endpoints.js';
import { ENDPOINTS, OWN_ENDPOINTS } from './endpoints.js';

export interface Route {
  readonly operation: OperationName;
  readonly group: string;
  readonly method: string;
  /** As in the table, with its prefix, for example `/api/3.0/mlflow/traces/<trace_id>`. */
  readonly pattern: string;
}

export type RouteMatch =
  | {
      readonly kind: 'route';
      readonly route: Route;
      /** Path parameters as they stand in the URL, still percent-encoded. */
      readonly params: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown' };

type Methods = Map<string, Route>;

interface Pattern {
  readonly expression: RegExp;
  readonly methods: Methods;
}

export const ROUTES: readonly Route[] = [...ENDPOINTS, ...OWN_ENDPOINTS].flatMap(
  ([group, prefixes, method, path, operation]) =>
    prefixes.map((prefix) => ({ operation, group, method, pattern: prefix + path })),
);

const fixed = new Map<string, Methods>();
const patterns = new Map<string, Pattern>();
for (const route of ROUTES) {
  methodsOf(route.pattern).set(route.method, route);
}

function methodsOf(pattern: string): Methods {
  if (!pattern.includes('<')) {
    const methods = fixed.get(pattern) ?? new Map<string, Route>();
    fixed.set(pattern, methods);
    return methods;
  }
  const known = patterns.get(pattern);
  if (known !== undefined) return known.methods;
  const methods: Methods = new Map();
  patterns.set(pattern, { expression: expressionOf(pattern), methods });
  return methods;
}

function expressionOf(pattern: string): RegExp {
  const source = pattern.replace(
    /<(path:)?(\w+)>|[.*+?^${}()|[\]\\]/g,
    (found, rest: string | undefined, name: string | undefined) => {
      if (name === undefined) return `\\${found}`;
      return rest === undefined ? `(?<${name}>[^/]+)` : `(?<${name}>.+)`;
    },
  );
  return new RegExp(`^${source}$`, 's');
}

/**
 * Finds the endpoint of a request. A fixed path goes before a pattern that would take it too
 * (`/traces/search` before `/traces/<trace_id>`).
 *
 * @param path as it stands in the URL, without query and without static prefix
 */
export function findRoute(method: string, path: string): RouteMatch {
  // A HEAD is answered as a GET whose body is not sent.
  const wanted = method === 'HEAD' ? 'GET' : method;
  const allowed = new Set<string>();
  const exact = fixed.get(path);
  const route = exact?.get(wanted);
  if (route !== undefined) return { kind: 'route', route, params: {} };
  exact?.forEach((_route, known) => allowed.add(known));
  for (const { expression, methods } of patterns.values()) {
    const found = expression.exec(path);
    if (found === null) continue;
    const match = methods.get(wanted);
    if (match !== undefined) return { kind: 'route', route: match, params: { ...found.groups } };
    methods.forEach((_route, known) => allowed.add(known));
  }
  return allowed.size === 0 ? { kind: 'unknown' } : { kind: 'wrong-method', allowed: [...allowed] };
}
