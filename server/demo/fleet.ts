import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { HistoryProgress } from './history.ts';

/** What the fleet's process tells of itself. */
export type FleetMessage =
  | ({ type: 'progress' } & HistoryProgress)
  | { type: 'history'; spans: number; requests: number; logs: number }
  | { type: 'live' };

export interface FleetOptions {
  url: string;
  key: string;
  /** Where a history is to be sent first: its end, epoch ms. */
  until: number | undefined;
  onMessage: (message: FleetMessage) => void;
}

/** Starts the fleet in a process of its own, so that it takes no time from the service. */
export function startFleet(options: FleetOptions): { close(): Promise<void> } {
  const file = import.meta.url.endsWith('.ts') ? './main.ts' : './main.js';
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: {
      ...process.env,
      CLOUDBRAIN_DEMO_URL: options.url,
      CLOUDBRAIN_DEMO_KEY: options.key,
      ...(options.until === undefined ? {} : { CLOUDBRAIN_DEMO_UNTIL: String(options.until) }),
    },
  });
  child.on('message', options.onMessage);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
