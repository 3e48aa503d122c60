/** A token as a backend passes it on from `POST /api/auth/embed-tokens`. */
interface Grant {
  token: string;
  expiresIn: number;
}

/**
 * Gets tokens from the page's own backend, which buys them with its API key. The page's cookies go
 * with it, so that the backend knows who asks.
 */
export function tokenFrom(url: string): () => Promise<Grant> {
  return async () => {
    const answer = await fetch(url, { cache: 'no-store' });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    return (await answer.json()) as Grant;
  };
}
