import { createLineSplitter } from '../live/lines.ts';

/** The whole lines of an answer as they come: one that breaks off may end within a line. */
export async function* linesOf({
  body,
}: Pick<Response, 'body'>): AsyncGenerator<string, void, undefined> {
  if (!body) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const split = createLineSplitter();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const line of split(value)) if (line !== '') yield line;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
