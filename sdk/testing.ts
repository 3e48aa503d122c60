/**
 * A fake server for the tests and stories of those who build on the SDK.
 *
 * @module
 */
export { type FakeLive, type FakeSubscription } from './testing/fake-live.ts';
export {
  type FakeAnswer,
  type FakeAnswers,
  type FakeCall,
  type FakeProblem,
  fakeProblem,
  FakeServer,
  type ResultOf,
} from './testing/fake-server.ts';
export { type OperationId } from './testing/routes.ts';
