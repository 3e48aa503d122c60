/** The contract as the server sees it: checked requests, exact handler types, one shape of error. */
export { Contract } from './contract.ts';
export type { CodeOf } from './error-codes.ts';
export { fieldError, type FieldError, type FieldErrorCode } from './field-error.ts';
export * from './problem.ts';
export { CURRENT_VERSION, readVersion, VERSION_HEADER, type Version } from './versions/index.ts';
export { written } from './written.ts';
export { route, type AnyHandlers, type ContractEnv, type Exchange } from './route.ts';
export type {
  AnswerHeaders,
  AnyRequest,
  AnyResult,
  OperationId,
  OperationRequest,
  OperationResult,
  RequestBody,
  Schemas,
  Upgrade,
} from './types.ts';
