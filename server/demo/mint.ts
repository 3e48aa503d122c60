/**
 * Buys an embed token with an API key, as any backend would.
 * @returns the answer's JSON
 */
export async function mintEmbedToken(options: {
  service: string;
  apiKey: string;
  domains: readonly string[];
  origins: readonly string[];
}): Promise<string> {
  const { service, apiKey, domains, origins } = options;
  const answer = await fetch(new URL('/api/auth/embed-tokens', service), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ domains, origins, role: 'viewer' }),
  });
  const body = await answer.text();
  if (!answer.ok) throw new Error(`minting a token answered ${answer.status}: ${body}`);
  return body;
}
