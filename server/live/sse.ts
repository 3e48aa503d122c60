import type { Delivery, EndReason } from './subscription.ts';

/** What comes to a reader: a subscription's deliveries, or text that is written already. */
export interface EventSource {
  take(): Promise<Delivery | { type: 'frames'; text: string }>;
  end(reason: EndReason): void;
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // A proxy that buffers would keep events until it has enough of them.
  'x-accel-buffering': 'no',
};

const farewells: Partial<Record<EndReason, string>> = {
  slow: ': too slow\n\n',
  failed: ': failed\n\n',
};

/** A subscription as server-sent events. It ends when the reader is gone. */
export function eventStream(subscription: EventSource): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const delivery = await subscription.take();
        const text = textOf(delivery);
        if (text) controller.enqueue(encoder.encode(text));
        if (delivery.type === 'end') controller.close();
      },
      cancel: () => subscription.end('left'),
    },
    // Nothing ahead of the reader: what waits, waits in the subscription, where it is counted.
    { highWaterMark: 0 },
  );
  return new Response(body, { headers });
}

function textOf(delivery: Awaited<ReturnType<EventSource['take']>>): string {
  switch (delivery.type) {
    case 'frames':
      return delivery.text;
    case 'messages':
      return delivery.messages.map(({ frame }) => frame).join('');
    case 'heartbeat':
      // An id without data moves the place to resume from, and is no event.
      return `: still here\nid: ${delivery.position}\n\n`;
    case 'end':
      if (delivery.reason === 'shutdown') return `retry: ${retryMs()}\n: going down\n\n`;
      if (delivery.reason === 'aged') return `retry: ${retryMs()}\n: connect again\n\n`;
      return farewells[delivery.reason] ?? '';
  }
}

/** Apart from each other, so that not all readers come back at once. */
const retryMs = (): number => 1000 + Math.floor(Math.random() * 4000);
