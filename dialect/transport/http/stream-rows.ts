import { HttpRequestError, NotSupportedError } from '../../errors/index.js';
import type { ParseInteger } from '../../values/bigint.js';
import { RowReader, splitHead } from './result.js';
import { RowSplitter } from './row-splitter.js';
import type { HttpAnswer } from './http-client.js';

/** The answer to a statement that returns no rows is short; a head that long is none. */
const MAX_HEAD = 10_000_000;

/** The rows of an answer as they come, in portions of at most `size`. */
export async function* streamRows(
  answer: HttpAnswer,
  size: number,
  integer: ParseInteger,
): AsyncIterableIterator<unknown[]> {
  const splitter = new RowSplitter(size);
  let reader: RowReader | undefined;
  let head = '';
  for await (let text of textOf(answer)) {
    if (reader === undefined) {
      head += text;
      const parts = splitHead(head);
      if (parts === undefined) {
        if (head.length > MAX_HEAD) break;
        continue;
      }
      if ((parts.head as Partial<typeof parts.head>).col_types === undefined) {
        throw new NotSupportedError(
          'This server sends the types of columns after the rows, if at all: stream over the ' +
            'PostgreSQL wire, crate://host:5432.',
        );
      }
      reader = new RowReader(parts.head, 'objects', integer);
      text = parts.rest;
    }
    for (const rows of splitter.push(text)) yield reader.read(rows);
  }
  if (!splitter.ended) throw new HttpRequestError(new Error('The answer was cut off'), true);
}

async function* textOf(answer: HttpAnswer): AsyncIterable<string> {
  const decoder = new TextDecoder();
  for await (const chunk of answer.chunks()) yield decoder.decode(chunk, { stream: true });
}
