import type { Messages } from '../catalogue.ts';

export default {
  live: 'live',
  old: '{age} alt',
} satisfies Messages;
