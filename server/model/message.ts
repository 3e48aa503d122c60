/** A message as it was sent or received. `parts` is `null` where the client redacted it. */
export interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool';
  parts: MessagePart[] | null;
  /** Length of the text in characters, known even where it is redacted; `null` unknown. */
  length: number | null;
}

export type MessagePart =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool_call'; id: string | null; name: string; arguments: unknown }
  | { type: 'tool_result'; id: string | null; name: string | null; result: unknown }
  | { type: 'other'; kind: string };
