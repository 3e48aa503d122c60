import type { Messages } from '../catalogue.ts';

export default {
  live: 'בזמן אמת',
  old: 'לפני {age}',
} satisfies Messages;
