const QUOTE = 34;
const BACKSLASH = 92;
const OPENING = new Set([91, 123]);
const CLOSING = new Set([93, 125]);

/** Cuts the rows out of an array of arrays that comes bit by bit. */
export class RowSplitter {
  readonly #size: number;
  #text = '';
  /** Where to read on. */
  #at = 0;
  #depth = 0;
  #inText = false;
  /** The array that holds the rows has ended. */
  ended = false;

  /** @param size rows in one portion, at most */
  constructor(size: number) {
    this.#size = size;
  }

  /** The rows that are whole now, in portions; each is the JSON of an array of rows. */
  *push(text: string): Iterable<string> {
    this.#text += text;
    let start = 0;
    let end = 0;
    let count = 0;
    while (this.#toEndOfRow()) {
      end = this.#at;
      count += 1;
      if (count < this.#size) continue;
      yield this.#portion(start, end);
      start = end;
      count = 0;
    }
    if (count > 0) yield this.#portion(start, end);
    this.#text = this.#text.slice(end);
    this.#at -= end;
  }

  /** What comes before it is the comma after the last one, if anything. */
  #portion(start: number, end: number): string {
    return `[${this.#text.slice(this.#text.startsWith(',', start) ? start + 1 : start, end)}]`;
  }

  /** False where the rest isn't a whole row. */
  #toEndOfRow(): boolean {
    const text = this.#text;
    let at = this.#at;
    while (at < text.length && !this.ended) {
      const code = text.charCodeAt(at);
      at += 1;
      if (this.#inText) {
        if (code === BACKSLASH) at += 1;
        else if (code === QUOTE) this.#inText = false;
      } else if (code === QUOTE) this.#inText = true;
      else if (OPENING.has(code)) this.#depth += 1;
      else if (CLOSING.has(code)) {
        this.#depth -= 1;
        if (this.#depth < 0) this.ended = true;
        else if (this.#depth === 0) {
          this.#at = at;
          return true;
        }
      }
    }
    this.#at = at;
    return false;
  }
}
