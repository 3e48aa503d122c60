import { moveTimes, type Recording } from './recording.ts';

/** How long all recorded events take before they begin anew, at least. */
const shortestRound = 10_000;

/** A WebSocket that says what a real one said, over and over; without a recording it fails. */
export class RecordedSocket extends EventTarget {
  static readonly OPEN = 1;
  readonly protocol = 'cloudbrain.v1';
  readyState = 0;
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;

  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(recording: Recording | undefined) {
    super();
    queueMicrotask(() => {
      if (this.readyState !== 0) return;
      if (!recording) return void this.#end(1006);
      this.readyState = 1;
      this.#tell(this.onopen, new Event('open'));
      this.#play(recording);
    });
  }

  /** The recorded server answers to nothing. */
  send(): void {}

  close(): void {
    this.#end(1000);
  }

  #play(recording: Recording): void {
    const { events } = recording;
    if (events.length === 0) return;
    const shift = Date.now() - Date.parse(recording.recordedAt);
    for (const { afterMs, event } of events) {
      this.#after(afterMs, () => {
        const data = JSON.stringify(moveTimes(event, shift));
        this.#tell(this.onmessage, new MessageEvent('message', { data }));
      });
    }
    const round = Math.max(shortestRound, events.at(-1)?.afterMs ?? 0);
    this.#after(round, () => this.#play(recording));
  }

  #after(ms: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, ms);
    this.#timers.add(timer);
  }

  #tell<E extends Event>(handler: ((event: E) => void) | null, event: E): void {
    handler?.call(this, event);
    this.dispatchEvent(event);
  }

  #end(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#tell(this.onclose, new CloseEvent('close', { code }));
  }
}
