/** The delay in a background page, which gets no frames. */
const WITHOUT_FRAMES = 1_000;

/** Resolves with the next frame, or after a second without one. */
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
