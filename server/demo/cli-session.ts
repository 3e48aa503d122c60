import { users } from './cast.ts';
import type { Attributes, LogRecord } from './otlp.ts';
import type { Random } from './random.ts';

/** A developer at a coding agent's command line, which tells its session in log records. */
export interface CliSession {
  service: string;
  logs: LogRecord[];
  start: number;
  end: number;
}

const tools = ['Read', 'Edit', 'Bash', 'Grep'] as const;
const prompts = [
  'fix the flaky test in checkout.spec.ts',
  'why does the build take four minutes?',
  'rename OrderService to OrderDesk everywhere',
  'write a migration that adds delivered_at',
] as const;

const versions = ['2.0.9', '2.0.13', '2.0.14'] as const;

/** How a session ends: most go on to their end, some are left, some are given up. */
const endings = [
  ['done', 82],
  ['left before a prompt', 5],
  ['left without an answer', 4],
  ['refused a tool', 5],
  ['retries exhausted', 4],
] as const;

export function cliSession(r: Random, start: number): CliSession {
  const logs: LogRecord[] = [];
  const common: Attributes = {
    'session.id': `${r.hex(8)}-${r.hex(4)}-4${r.hex(3)}-a${r.hex(3)}-${r.hex(12)}`,
    'user.email': r.pick(users),
    'terminal.type': 'tmux',
    'app.version': r.pick(versions),
  };
  let sequence = 0;
  let at = start;
  const log = (event: string, attributes: Attributes): void => {
    logs.push({
      at,
      event: `claude_code.${event}`,
      attributes: {
        ...common,
        'event.name': event,
        'event.sequence': sequence++,
        'event.timestamp': new Date(at).toISOString(),
        ...attributes,
      },
    });
  };

  log('auth', { action: 'login', success: true });
  const ending = r.weighted(endings);
  const turns = ending === 'left before a prompt' ? 0 : r.whole(1, 4);
  for (let turn = 0; turn < turns; turn++) {
    const isLast = turn === turns - 1;
    at += r.spread(15_000, 0.9);
    const prompt = r.pick(prompts);
    const turnId: Attributes = { 'prompt.id': r.hex(24) };
    log('user_prompt', { ...turnId, prompt_length: prompt.length, prompt });
    if (isLast && ending === 'left without an answer') break;
    const calls = r.whole(1, 5);
    for (let call = 0; call < calls; call++) {
      const durationMs = Math.round(r.spread(3_200, 0.6));
      at += durationMs;
      if (isLast && ending === 'retries exhausted' && call === calls - 1) {
        const failure: Attributes = {
          model: 'claude-sonnet-4-5',
          status_code: 529,
          error: 'Overloaded',
        };
        log('api_error', { ...turnId, ...failure, duration_ms: durationMs, attempt: 10 });
        at += 5;
        log('api_retries_exhausted', { ...turnId, ...failure, total_attempts: 10 });
        break;
      }
      if (r.chance(0.04)) {
        log('api_error', {
          ...turnId,
          model: 'claude-sonnet-4-5',
          status_code: 529,
          error: 'Overloaded',
          duration_ms: durationMs,
          attempt: 1,
        });
        at += 2_000 + durationMs;
      }
      log('api_request', {
        ...turnId,
        request_id: `req_${r.hex(24)}`,
        model: 'claude-sonnet-4-5',
        input_tokens: r.whole(4, 900),
        cache_read_tokens: r.whole(4_000, 60_000),
        cache_creation_tokens: r.whole(0, 4_000),
        output_tokens: Math.round(r.spread(260, 0.8)),
        duration_ms: durationMs,
        ttft_ms: Math.round(durationMs * 0.2),
      });
      if (call < calls - 1) {
        const tool: Attributes = {
          ...turnId,
          tool_name: r.pick(tools),
          tool_use_id: `toolu_${r.hex(20)}`,
        };
        at += 200;
        if (isLast && ending === 'refused a tool') {
          log('tool_decision', { ...tool, decision: 'reject', source: 'user_abort' });
          break;
        }
        log('tool_decision', { ...tool, decision: 'accept', source: 'config' });
        at += r.spread(400, 1);
        log('tool_result', { ...tool, success: r.chance(0.95), duration_ms: 400 });
      }
    }
  }
  return { service: 'internal.example.com', logs, start, end: at };
}
