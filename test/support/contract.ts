import { compiled } from '../../server/contract/compiled.ts';
import { documentOf, type Document } from '../../server/contract/document.ts';

/** The contract that the server runs with. */
export const readDocument = (): Document => documentOf(compiled().source);
