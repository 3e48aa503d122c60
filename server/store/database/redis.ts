import { createClient } from 'redis';

export interface RedisConnection {
  client: object;
  /** Rejects where it does not answer. */
  ping: () => Promise<unknown>;
  close: () => void;
}

/** Connects in the background and again whenever Redis comes back; away, calls fail at once. */
export function connectRedis(url: string): RedisConnection {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: 10_000,
    socket: {
      connectTimeout: 5_000,
      reconnectStrategy: (retries) => Math.min(100 * 2 ** retries, 2_000) + Math.random() * 100,
    },
  });
  // The bus tells of Redis being away; here it only must not be unheard.
  client.on('error', () => {});
  client.connect().catch(() => {});
  return { client, ping: () => client.ping(), close: () => client.destroy() };
}
