/** What a page in the background waits instead: it gets no frames. */
const WITHOUT_FRAMES = 1_000;

/** Resolves with the next frame, or a second later where none comes. */
export function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      resolve();
    };
    const frame = requestAnimationFrame(done);
    const timer = setTimeout(done, WITHOUT_FRAMES);
  });
}
