/*
 * The search of the reference page: leaves in its contents what has every word that is typed. The
 * page works without it.
 */
const search = document.querySelector('search');
const input = search.querySelector('input');
const status = search.querySelector('[role="status"]');
const groups = [...document.querySelectorAll('nav > ul > li')].map((group) => ({
  group,
  entries: [...group.querySelectorAll('li')].map((entry) => ({
    entry,
    text: `${entry.textContent} ${entry.dataset.text}`.toLowerCase(),
  })),
}));

function filter() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { group, entries } of groups) {
    let foundHere = 0;
    for (const { entry, text } of entries) {
      entry.hidden = !words.every((word) => text.includes(word));
      if (!entry.hidden) foundHere++;
    }
    group.hidden = words.length > 0 && foundHere === 0;
    found += foundHere;
  }
  document.body.classList.toggle('searching', words.length > 0);
  status.textContent =
    words.length === 0 ? '' : `${found} ${found === 1 ? 'operation' : 'operations'}`;
}

input.addEventListener('input', filter);
input.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    input.value = '';
    filter();
  } else if (event.key === 'Enter') {
    document.querySelector('nav li li:not([hidden]) a')?.click();
  }
});
document.addEventListener('keydown', (event) => {
  const isTyped = event.target instanceof HTMLElement && event.target.matches('input, textarea');
  if (event.key !== '/' || isTyped || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  input.focus();
});
search.hidden = false;
// A page that is shown again may have kept what was typed.
filter();
