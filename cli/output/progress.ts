const WIDTH = 30;

/** Progress on standard error, if that is a terminal. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #label: string;
  #isShown = false;

  constructor(stream: NodeJS.WriteStream, label: string) {
    this.#stream = stream;
    this.#label = label;
  }

  /** @param total `undefined` where it is unknown */
  show(done: number, total?: number): void {
    if (!this.#stream.isTTY) return;
    this.#isShown = true;
    const counted = done.toLocaleString('en-US');
    this.#stream.write(`\r\u001b[K${this.#label} ${bar(done, total)}${counted}`);
    if (total !== undefined) this.#stream.write(` of ${total.toLocaleString('en-US')}`);
  }

  /** Clears the line. */
  end(): void {
    if (this.#isShown) this.#stream.write('\r\u001b[K');
    this.#isShown = false;
  }
}

function bar(done: number, total: number | undefined): string {
  if (total === undefined) return '';
  const part = total > 0 ? Math.min(1, done / total) : 1;
  const filled = '█'.repeat(Math.round(part * WIDTH)).padEnd(WIDTH, '░');
  return `${filled} ${String(Math.round(part * 100)).padStart(3)} %  `;
}
