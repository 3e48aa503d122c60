/** The version of `@cloudbrain/widgets`; written by `npm run generate`. */
export const VERSION = '0.1.0';
