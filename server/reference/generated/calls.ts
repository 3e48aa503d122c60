/** The examples of the SDK's doc comments, by operation; written by `npm run generate`. */
export const calls: Readonly<Partial<Record<string, string>>> = {
  "auth.createEmbedToken": "const { token, expiresIn } = await cb.auth.createEmbedToken({\n  domains: ['app.example.com'],\n  origins: ['https://portal.example.com'],\n});",
  "auth.login": "const { me } = await cb.auth.login({ email, password });",
  "auth.logout": "await cb.auth.logout();",
  "auth.me": "const { name, role, domains } = await cb.auth.me();",
  "auth.on": "const stop = cb.auth.on('expired', () => showLogin());",
  "cleanup.getRun": "const { state, counts } = await cb.cleanup.getRun(id);",
  "cleanup.listActions": "const actions = await cb.cleanup.listActions({ runId }).toArray({ limit: 1000 });",
  "cleanup.run": "const { id } = await cb.cleanup.run({ dryRun: true });",
  "cleanup.status": "const { settings, lastRun, mayRun } = await cb.cleanup.status();",
  "executions.get": "const { task, stepList } = await cb.executions.get(id);",
  "executions.list": "for await (const { id, error } of cb.executions.list({ status: 'failed' })) print(id, error);",
  "health.get": "const { status, parts } = await cb.health.get();",
  "live.socket": "const stream = cb.live.subscribe({ topics: ['executions'] });\nfor await (const { event, data } of stream) if (event === 'execution') show(data.execution);",
  "live.stream": "const stream = cb.live.subscribe({ topics: ['executions'] });\nfor await (const { event, data } of stream) if (event === 'execution') show(data.execution);",
  "stats.overview": "const { requests, cost, latencyMs, change } = await cb.stats.overview({ timeframe: '7d' });",
  "stats.timeline": "const { points } = await cb.stats.timeline({ timeframe: '7d', granularity: 'hour' });"
};
