/** A token as a backend passes it on from `POST /api/auth/embed-tokens`. */
interface Grant {
  token: string;
  expiresIn: number;
}

/**
 * Gets tokens from the page's own backend, which creates them with its API key. The page's cookies
 * are sent, so that the backend knows the user.
 */
export function tokenFrom(url: string): () => Promise<Grant> {
  return async () => {
    const answer = await fetch(url, { cache: 'no-store' });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    return (await answer.json()) as Grant;
  };
}
