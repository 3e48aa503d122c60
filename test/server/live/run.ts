import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

export interface Run {
  /** The finished run of an agent, or its beginning: a step whose root has not arrived. */
  finished: boolean;
  traceId?: string;
}

/** Sends a run of an agent as an OpenTelemetry client does. @returns its trace id */
export async function sendRun(url: string, ingestKey: string, run: Run): Promise<string> {
  const { finished, traceId = randomBytes(16).toString('hex') } = run;
  const now = Date.now();
  const root = traceId.slice(0, 16);
  const span = (spanId: string, name: string, operation: string) => ({
    traceId,
    spanId,
    name,
    kind: 1,
    startTimeUnixNano: `${now - 1000}000000`,
    endTimeUnixNano: `${now}000000`,
    attributes: [
      { key: 'gen_ai.operation.name', value: { stringValue: operation } },
      { key: 'gen_ai.agent.name', value: { stringValue: 'tester' } },
    ],
    status: {},
  });
  const spans = finished
    ? [span(root, 'invoke_agent tester', 'invoke_agent')]
    : [{ ...span(traceId.slice(16), 'execute_tool look', 'execute_tool'), parentSpanId: root }];
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': ingestKey },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  assert.equal(response.status, 200, await response.text());
  return traceId;
}
