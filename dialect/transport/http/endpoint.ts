import { HttpAnswerError, HttpRequestError } from '../../errors/index.js';
import type { CrateHost, CrateUrl } from '../../url.js';
import type { Hosts } from '../hosts.js';
import type { HttpAnswer, HttpClient } from './http-client.js';

/** `types`: the answer says the types of its columns. */
const PATH = '/_sql?types';

/** Another host may be of more use. */
const UNAVAILABLE = new Set([502, 503, 504]);

/**
 * The endpoint `/_sql` of the servers of one cluster, for one user and schema.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/interfaces/http.html
 */
export class Endpoint {
  readonly #client: HttpClient;
  readonly #hosts: Hosts;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(client: HttpClient, { user, password }: CrateUrl, hosts: Hosts, schema: string) {
    this.#client = client;
    this.#hosts = hosts;
    this.#headers = {
      'content-type': 'application/json',
      authorization: `Basic ${toBase64(`${user}:${password ?? ''}`)}`,
      // So that names in raw SQL, which the compiler can't qualify, belong to the schema as well.
      ...(/^[\x20-\x7e]+$/.test(schema) && { 'Default-Schema': schema }),
    };
  }

  /**
   * @param body of the request, as JSON
   * @throws HttpAnswerError where the server answered, but not with a result
   * @throws HttpRequestError where no answer came
   */
  async post(host: CrateHost, body: string, signal?: AbortSignal): Promise<HttpAnswer> {
    const request = { host, path: PATH, headers: this.#headers, body, signal };
    const answer = await this.#client.send(request).catch((error: unknown) => {
      if (error instanceof HttpRequestError) this.#hosts.failed(host);
      throw error;
    });
    if (UNAVAILABLE.has(answer.status)) this.#hosts.failed(host);
    else this.#hosts.answered(host);
    if (answer.status === 200) return answer;
    throw new HttpAnswerError(answer.status, await answer.text());
  }

  close(): void {
    this.#client.close();
  }
}

/** btoa() knows bytes only. */
function toBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
