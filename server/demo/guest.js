/*
 * Lets guests see the demo's figures: until somebody signs in, the provider's token is one that the
 * demo gives out.
 */
const provider = document.querySelector('cb-provider');

async function guestToken() {
  const answer = await fetch('/demo/token');
  if (!answer.ok) throw new Error(`The guest's token: ${answer.status}`);
  return answer.json();
}

function showGuest() {
  if (provider.me) return;
  provider.getToken = guestToken;
  provider.auth = undefined;
}

provider.addEventListener('cb-auth-required', showGuest);
provider.addEventListener('cb-session-change', () => {
  if (provider.auth === 'password') showGuest();
});
