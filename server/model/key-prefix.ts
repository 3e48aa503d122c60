/** What a key that was generated starts with: a reader sees what it is for. */
export const keyPrefix = (kind: 'ingest' | 'api'): string => `cbk_${kind}_`;
