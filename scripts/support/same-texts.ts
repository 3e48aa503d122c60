/** Texts that are the same as in English on purpose, by language and by file of `src/i18n`. */
export const SAME_TEXTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  de: {
    base: ['code'],
    'cb-cleanup-monitor': ['type.log', 'type.preview_bundle'],
    'cb-exec-stream': ['status'],
    'cb-login': ['domain', 'domains'],
    'cb-refresh': ['live'],
    'cb-scope': ['agent', 'domain'],
    'cb-stat-card': ['tokens.total'],
    'cb-usage-timeline': ['metric.tokens'],
    freshness: ['live'],
  },
};
