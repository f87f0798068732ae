export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

interface RunData {
  readonly metrics?: readonly { readonly value: number }[];
  readonly params?: readonly unknown[];
}

/** MLflow's REST API as any client calls it. */
export class RestClient {
  readonly #api: string;

  constructor(url: string, version: '2.0' | '3.0' = '2.0') {
    this.#api = `${url}/api/${version}/mlflow`;
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.#answer(
      fetch(`${this.#api}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
  }

  get(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#answer(fetch(`${this.#api}/${path}?${new URLSearchParams(query).toString()}`));
  }

  async run(runId: string): Promise<{ readonly data: RunData }> {
    const { body } = await this.get('runs/get', { run_id: runId });
    return body['run'] as { data: RunData };
  }

  async #answer(request: Promise<Response>): Promise<Answer> {
    const response = await request;
    return {
      status: response.status,
      body: (await response.json()) as Readonly<Record<string, unknown>>,
    };
  }
}
