import type { WebSocket } from 'ws';
import type { components, operations } from '@cloudbrain/sdk';

/** The schemas of the contract, by name. */
export type Schemas = components['schemas'];

/** What arrives: a time that a caller may send as a `Date` is a text by then. */
type Received<T> = T extends Date
  ? never
  : T extends object
    ? { [Key in keyof T]: Received<T[Key]> }
    : T;

/** The operations of the contract, by `operationId`. */
export type OperationId = keyof operations;

/** An object's type, or an empty one where the contract declares nothing. */
type Declared<T> = [NonNullable<T>] extends [never] ? Record<string, never> : NonNullable<T>;

type Parameters<Id extends OperationId> = Received<operations[Id]['parameters']>;

/** A body that may come in more than one encoding is for its handler to decode. */
export interface EncodedBody<Type = string> {
  type: Type;
  encoding: 'gzip' | 'identity';
  /** As they were sent, within the limit; what they inflate to may not be. */
  bytes: Uint8Array;
}

/** A body that is always JSON is what its schema says. */
type DecodedBody<Content> = [keyof Content] extends ['application/json']
  ? Received<Content[keyof Content]>
  : EncodedBody<keyof Content>;

type BodyOf<Id extends OperationId> = operations[Id] extends {
  requestBody: { content: infer Content };
}
  ? Id extends FilledBody
    ? Filled<DecodedBody<Content>>
    : DecodedBody<Content>
  : undefined;

/**
 * Bodies whose optional properties all have a default: a caller may leave them out, a handler
 * always gets them. A test compares this list with the contract.
 */
type FilledBody = 'auth.createEmbedToken' | 'business.ingest' | 'keys.rotate';

type Filled<T> = T extends readonly (infer Item)[]
  ? Filled<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Filled<Exclude<T[Key], undefined>> }
    : T;

/** What a handler gets as the body of an operation. */
export type RequestBody<Id extends OperationId> = BodyOf<Id>;

/** A request that has passed every check of the contract. */
export interface OperationRequest<Id extends OperationId> {
  params: {
    path: Declared<Parameters<Id>['path']>;
    query: Declared<Parameters<Id>['query']>;
    header: Declared<Parameters<Id>['header']>;
  };
  body: BodyOf<Id>;
  /** As it came; its body has been read. */
  request: Request;
  requestId: string;
  /**
   * Aborts when the client goes away or the time for the answer is over; for a stream also when
   * the service goes down.
   */
  signal: AbortSignal;
  /** The client's address. */
  ip: string;
}

/** Headers that an answer may carry beside those of every answer. */
export type AnswerHeaders = Record<string, string>;

/** Turns the connection into a WebSocket and hands it over. */
export interface Upgrade {
  status: 101;
  accept: (socket: WebSocket) => void;
}

type Answer<Status, Type, Body> = Type extends 'application/problem+json'
  ? never
  : Type extends 'application/json'
    ? { status: Status; body: Body; headers?: AnswerHeaders }
    : Type extends 'text/event-stream' | 'application/x-ndjson'
      ? Response
      : { status: Status; type: Type; body: string | Uint8Array; headers?: AnswerHeaders };

type AnswerOf<Status, Documented> = Documented extends { content: infer Content }
  ? { [Type in keyof Content]: Answer<Status, Type, Content[Type]> }[keyof Content]
  : Status extends 101
    ? Upgrade
    : { status: Status; body?: undefined; headers?: AnswerHeaders };

/**
 * What a handler may answer: a documented status with its documented body, a `Response` where the
 * contract documents a stream of events or lines, an `Upgrade` where it documents 101. Errors are thrown as `Problem`.
 */
export type OperationResult<Id extends OperationId> = {
  [Status in keyof operations[Id]['responses']]: AnswerOf<
    Status,
    operations[Id]['responses'][Status]
  >;
}[keyof operations[Id]['responses']];

/** Any operation's result, as what carries it sees it. */
export type AnyResult =
  { status: number; type?: string; body?: unknown; headers?: AnswerHeaders } | Upgrade | Response;

/** Any operation's request, as what carries it sees it. */
export interface AnyRequest extends Omit<OperationRequest<OperationId>, 'params' | 'body'> {
  params: Record<'path' | 'query' | 'header', Record<string, unknown>>;
  body: unknown;
}
