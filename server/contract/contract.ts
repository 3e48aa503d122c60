import { bodyReader } from './body.ts';
import { compiled } from './compiled.ts';
import { documentOf, LIVE_COMMAND, type Operation } from './document.ts';
import { parametersCheck, type GivenParameters } from './parameters.ts';
import { ResponseChecks } from './responses.ts';
import { Schemas, type Check } from './schemas.ts';
import type { AnyRequest, OperationId } from './types.ts';

/** An operation with its checks compiled. */
export interface CheckedOperation extends Operation {
  /** @throws Problem 400 */
  readParameters: (given: GivenParameters) => AnyRequest['params'];
  /** @throws Problem 400, 413, 415 */
  readBody: (request: Request) => Promise<unknown>;
}

/** The contract, ready to be held against requests and answers. */
export class Contract {
  readonly operations: ReadonlyMap<OperationId, CheckedOperation>;
  readonly responses: ResponseChecks;
  /** What is wrong with a message that a client sent on the WebSocket. */
  readonly checkCommand: Check;

  /** Of the repository; a published package carries a copy. */
  constructor() {
    const { source, checks } = compiled();
    const document = documentOf(source);
    const schemas = new Schemas(document, checks);
    this.operations = new Map(
      document.operations.map((operation) => [
        operation.id,
        {
          ...operation,
          readParameters: parametersCheck(operation, schemas),
          readBody: bodyReader(operation, schemas),
        },
      ]),
    );
    this.responses = new ResponseChecks(document, schemas);
    this.checkCommand = schemas.checkOf(LIVE_COMMAND);
  }
}
