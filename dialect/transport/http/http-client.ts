import type { CrateHost } from '../../url.js';

export interface HttpRequest {
  readonly host: CrateHost;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal?: AbortSignal | undefined;
}

/** An answer whose status has come; its body is read once, in one of the two ways. */
export interface HttpAnswer {
  readonly status: number;
  text(): Promise<string>;
  /** As it comes, and no faster than it is asked for. Whoever leaves early closes the connection. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** A way to send a POST request. What it raises is an HttpRequestError. */
export interface HttpClient {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}
