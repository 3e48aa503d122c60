const WIDTH = 30;
/** Without a terminal a line says so once in a while. */
const STEP = 0.25;

/** A progress bar on standard output. */
export function progressBar(label: string): {
  show(done: number, total: number): void;
  end(summary: string): void;
} {
  const began = performance.now();
  let told = 0;
  const isTerminal = process.stdout.isTTY;
  return {
    show(done, total) {
      const part = total > 0 ? done / total : 1;
      const percent = `${Math.round(part * 100)} %`.padStart(5);
      if (isTerminal) {
        const filled = Math.round(part * WIDTH);
        const bar = '█'.repeat(filled).padEnd(WIDTH, '░');
        process.stdout.write(`\r  ${label}  ${bar} ${percent}`);
      } else if (part - told >= STEP) {
        told = part;
        process.stdout.write(`  ${label} ${percent}\n`);
      }
    },
    end(summary) {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stdout.write(
        `${isTerminal ? '\r\u001b[K' : ''}  ${label}: ${summary}, ${seconds} s\n`,
      );
    },
  };
}
