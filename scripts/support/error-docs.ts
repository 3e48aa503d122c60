import { fieldErrorTexts } from '../../server/reference/field-error-texts.ts';
import { kinds, retries } from '../../server/reference/errors.ts';

/** docs/errors.md: the content of `/api/docs/errors` for readers of the repository. */
export function errorDocs(): string {
  const byStatus = Map.groupBy(kinds, ([, { status }]) => status);
  const sections = [...byStatus].map(([status, codes]) => {
    const entries = codes.map(
      ([code, { title, meaning, remedy, retry }]) =>
        `### \`${code}\`\n\n${title}. ${meaning}\n\n- What to do: ${remedy}\n- Retry: ${retries[retry]}\n`,
    );
    return `## ${status}\n\n${entries.join('\n')}`;
  });
  const fields = Object.entries(fieldErrorTexts).map(
    ([code, meaning]) => `- \`${code}\`: ${meaning}`,
  );
  return `${HEAD}\n${sections.join('\n')}\n## Field error codes\n\n${fields.join('\n')}\n`;
}

const HEAD = `# Errors

<!-- Written by \`npm run generate\`, of server/reference/error-texts.ts. -->

Every error is \`application/problem+json\` (RFC 9457):

\`\`\`json
{
  "type": "/api/docs/errors/invalid_parameter",
  "title": "Invalid parameter",
  "status": 400,
  "code": "invalid_parameter",
  "detail": "\`limit\` must be at most 200 (got 1000).",
  "requestId": "req_4f2k0t8s7r6q5p4o",
  "errors": [
    {
      "in": "query",
      "path": "limit",
      "code": "too_large",
      "message": "\`limit\` must be at most 200 (got 1000)."
    }
  ]
}
\`\`\`

- \`code\` says what went wrong. Branch on it: codes are stable, and each has one status. New codes may
  be added, so handle an unknown one by its status.
- \`type\` is the URL of the server's page about the code. It is absolute if the server knows its
  public address (\`PUBLIC_URL\`), otherwise relative to the request. The SDK's \`error.type\` is
  always absolute.
- \`detail\` and \`message\` are for humans and may change.
- \`errors\` lists each invalid field with [its own code](#field-error-codes).
- \`requestId\` identifies the request in the server's log.

\`\`\`ts
import { APIError } from '@cloudbrain/sdk';

try {
  await cb.stats.overview({ domain });
} catch (error) {
  if (error instanceof APIError && error.code === 'domain_not_found') showDomains();
  else throw error;
}
\`\`\`
`;
