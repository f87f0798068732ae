import type { TokenValue } from '../../domain/index.js';
import type { Page } from '../../domain/page.js';

/**
 * A page of at most `maxResults` rows out of `maxResults + 1` that were asked for: the one too many
 * only tells that there is more. The rows carry their order values as `order_0`, `order_1`, …
 */
export function pageOf<Row extends object>(
  rows: readonly Row[],
  maxResults: number,
  orderColumns: number,
  token: (key: readonly TokenValue[]) => string,
): Page<Row> {
  const last = rows[maxResults - 1];
  if (rows.length <= maxResults || last === undefined) return { items: rows };
  const values = last as Readonly<Record<string, TokenValue>>;
  const key = Array.from({ length: orderColumns }, (_, index) => values[`order_${String(index)}`] ?? null);
  return { items: rows.slice(0, maxResults), nextPageToken: token(key) };
}
