/*
 * The host page's own script. All it does is decide which token the provider gets: that of
 * whoever is signed in, else the guest's, where the demo lets guests in.
 */
const provider = document.querySelector('cb-provider');
const guestsWelcome = fetch('/demo/token', { method: 'HEAD' }).then(
  (answer) => answer.ok,
  () => false,
);

async function guestToken() {
  const answer = await fetch('/demo/token');
  if (!answer.ok) throw new Error(`The guest's token: ${answer.status}`);
  return (await answer.json()).token;
}

async function showGuest() {
  if (!(await guestsWelcome) || provider.me) return;
  provider.getToken = guestToken;
  provider.auth = undefined;
}

provider.addEventListener('cb-auth-required', showGuest);
provider.addEventListener('cb-session-change', () => {
  if (provider.auth === 'password') showGuest();
});
