/**
 * Splits a text that comes in slices into its lines, which end with CR, LF or both. Returns those
 * that a slice completes; what comes after the last line end waits for the next slice. The time is
 * proportional to the text's length, however long a line is.
 */
export function createLineSplitter(): (text: string) => string[] {
  let rest: string[] = [];
  let endedWithCr = false;
  return (text) => {
    if (!text) return [];
    const lines = (endedWithCr && text.startsWith('\n') ? text.slice(1) : text).split(/\r\n|\n|\r/);
    endedWithCr = text.endsWith('\r');
    const last = lines.pop() ?? '';
    if (lines.length) {
      lines[0] = rest.join('') + (lines[0] ?? '');
      rest = [];
    }
    rest.push(last);
    return lines;
  };
}
