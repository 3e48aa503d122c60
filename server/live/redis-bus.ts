import { createClient } from 'redis';
import { LocalBus, type Bus, type Wake } from './bus.ts';

const CHANNEL = 'cloudbrain:live';

export interface RedisBusOptions {
  /** As `redis://user:password@host:6379/0`. */
  url: string;
  /** Told once when Redis goes away, and once when it is back. */
  onChange?: (connected: boolean, error?: unknown) => void;
}

/**
 * The bus of a service that runs in several processes. While Redis is away it still wakes its own
 * process, and it wakes everybody as soon as Redis is back.
 */
export class RedisBus implements Bus {
  readonly #local = new LocalBus();
  readonly #publisher;
  readonly #subscriber;
  readonly #onChange: NonNullable<RedisBusOptions['onChange']>;
  #subscribed = false;
  #connected: boolean | null = null;

  /**
   * Connects in the background.
   * @throws TypeError where the URL is none
   */
  constructor({ url, onChange = () => {} }: RedisBusOptions) {
    this.#onChange = onChange;
    this.#publisher = createClient({
      url,
      // What can't be said now need not be said later: listeners look by themselves meanwhile.
      disableOfflineQueue: true,
      // A connection that has died without a word shows by its silence.
      pingInterval: 10_000,
      socket: {
        connectTimeout: 5000,
        socketTimeout: 30_000,
        reconnectStrategy: (retries) => Math.min(100 * 2 ** retries, 2000) + Math.random() * 100,
      },
    });
    this.#subscriber = this.#publisher.duplicate({ disableOfflineQueue: false });
    for (const client of [this.#publisher, this.#subscriber]) {
      client.on('error', (error: unknown) => this.#update(error));
      client.on('ready', () => this.#update());
      client.on('reconnecting', () => this.#update());
      // Rejects only where it is closed before it has connected.
      client.connect().catch(() => {});
    }
    // Waits for the connection; after every later one the client subscribes by itself.
    this.#subscriber
      .subscribe(CHANNEL, (text) => this.#receive(text))
      .then(() => {
        this.#subscribed = true;
        this.#update();
      })
      .catch(() => {});
  }

  get connected(): boolean {
    return this.#connected === true;
  }

  publish(workspaceId: string, lastId: number): void {
    this.#local.publish(workspaceId, lastId);
    this.#publisher.publish(CHANNEL, `${workspaceId} ${lastId}`).catch(() => {});
  }

  subscribe(listener: (wake: Wake) => void): () => void {
    return this.#local.subscribe(listener);
  }

  async close(): Promise<void> {
    await this.#local.close();
    this.#connected = null;
    for (const client of [this.#publisher, this.#subscriber]) {
      client.removeAllListeners('error');
      client.on('error', () => {});
      if (client.isOpen) client.destroy();
    }
  }

  #receive(text: string): void {
    const [workspaceId, id] = text.split(' ');
    const lastId = Number(id);
    if (workspaceId && Number.isSafeInteger(lastId)) this.#local.wake({ workspaceId, lastId });
  }

  #update(error?: unknown): void {
    const connected = this.#subscribed && this.#publisher.isReady && this.#subscriber.isReady;
    if (connected === this.#connected) return;
    // The first look, before Redis has answered at all, is no news unless it has failed.
    if (!connected && this.#connected === null && error === undefined) return;
    this.#connected = connected;
    this.#onChange(connected, error);
    // What the others said meanwhile is in the outbox.
    if (connected) this.#local.wake('all');
  }
}
