import { bodyReader } from './body.ts';
import { readDocument, type Operation } from './document.ts';
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

  /** @param path of the OpenAPI document; the repository's, or the package's copy, if left out */
  constructor(path?: string | URL) {
    const document = readDocument(path);
    const schemas = new Schemas(document);
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
    this.checkCommand = schemas.compile(document.schemas.LiveCommand ?? {});
  }
}
