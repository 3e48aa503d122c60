import type { Document, JsonSchema, Operation } from './document.ts';
import type { Schemas } from './schemas.ts';

/** The server was about to answer what the contract does not document: a fault of ours. */
class ContractViolation extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'ContractViolation';
  }
}

type Events = ReadonlyMap<string, JsonSchema>;

const EVENT_STREAM = 'text/event-stream';
const LIVE_EVENT: JsonSchema = { $ref: '#/components/schemas/LiveEvent' };

const isJson = (type: string): boolean => /[/+]json$/.test(type);

/** The schema of each event of a stream, by what its union is told apart by. */
function eventsOf({ schemas }: Document, { $ref = '' }: JsonSchema): Events {
  const name = String($ref).split('/').at(-1) ?? '';
  const { discriminator } = schemas[name] as {
    discriminator: { mapping: Record<string, string> };
  };
  const named = Object.entries(discriminator.mapping);
  return new Map(named.map(([event, ref]) => [event, { $ref: ref }]));
}

/** What the answers and live events that are JSON have to be. */
export function answerSchemas(document: Document): JsonSchema[] {
  const contents = document.operations.flatMap(({ responses }) =>
    [...responses.values()].flatMap((content) => [...content]),
  );
  const bodies = contents.filter(([type]) => isJson(type)).map(([, schema]) => schema);
  const streams = contents.filter(([type]) => type === EVENT_STREAM).map(([, schema]) => schema);
  const events = [LIVE_EVENT, ...streams].flatMap((schema) => [
    ...eventsOf(document, schema).values(),
  ]);
  return [...bodies, ...events];
}

/** Holds the server's own answers and events against the contract; tests switch it on. */
export class ResponseChecks {
  readonly #schemas: Schemas;
  readonly #document: Document;
  /** The schema of each live event, by its name. */
  readonly #live: Events;

  constructor(document: Document, schemas: Schemas) {
    this.#schemas = schemas;
    this.#document = document;
    this.#live = eventsOf(document, LIVE_EVENT);
  }

  /**
   * @param onViolation told of an item of a stream that is not as documented; the stream breaks
   * @returns the same answer, its stream of events checked item by item as it is read
   * @throws ContractViolation for an undocumented status or media type, or another body
   */
  async check(
    operation: Operation,
    response: Response,
    onViolation: (violation: unknown) => void,
  ): Promise<Response> {
    const answer = `${operation.id} answers ${response.status}`;
    const documented = operation.responses.get(response.status);
    if (!documented) throw new ContractViolation(`${answer}, which is not documented`);
    if (documented.size === 0) {
      const length = (await response.clone().arrayBuffer()).byteLength;
      if (length > 0) throw new ContractViolation(`${answer} with a body, which is not documented`);
      return response;
    }
    const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const schema = documented.get(type);
    if (!schema) throw new ContractViolation(`${answer} as '${type}', which is not documented`);
    if (type === EVENT_STREAM) {
      return this.#checkStream(response, eventsOf(this.#document, schema), onViolation);
    }
    if (isJson(type)) this.#conform(answer, schema, await response.clone().json());
    return response;
  }

  /** @throws ContractViolation where a live event is not as the contract has it */
  checkEvent(event: unknown, events = this.#live): void {
    const name = String((event as { event?: unknown }).event);
    const schema = events.get(name);
    if (!schema) throw new ContractViolation(`There is no live event '${name}' in the contract`);
    this.#conform(`The live event '${name}'`, schema, event);
  }

  #conform(what: string, schema: JsonSchema, value: unknown): void {
    const check = this.#schemas.answerCheckOf(schema);
    const faults = check(structuredClone(value)).map(({ path, expected }) => `${path} ${expected}`);
    if (faults.length > 0) throw new ContractViolation(`${what}: ${faults.join('; ')}`);
  }

  #checkStream(
    response: Response,
    events: Events,
    onViolation: (violation: unknown) => void,
  ): Response {
    const decoder = new TextDecoder();
    let pending = '';
    const tap = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        pending += decoder.decode(chunk, { stream: true });
        const items = pending.split('\n\n');
        pending = items.pop() ?? '';
        try {
          for (const item of items) this.#checkItem(item, events);
          controller.enqueue(chunk);
        } catch (violation) {
          onViolation(violation);
          controller.error(violation);
        }
      },
    });
    return new Response(response.body?.pipeThrough(tap) ?? null, response);
  }

  /** One server-sent item: its fields together are a live event; comments are none. */
  #checkItem(item: string, events: Events): void {
    const fields: Record<string, string> = {};
    for (const line of item.split('\n')) {
      const [, name, value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
      if (name) fields[name] = (name === 'data' ? (fields[name] ?? '') : '') + value;
    }
    const { event, id, data } = fields;
    if (data === undefined) return;
    this.checkEvent({ event, id, data: JSON.parse(data) as unknown }, events);
  }
}
