import type { Messages } from '../catalogue.ts';

export default {
  live: 'مباشر',
  old: 'قبل {age}',
} satisfies Messages;
