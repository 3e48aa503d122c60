import type { Messages } from '../catalogue.ts';

export default {
  live: 'مباشر',
  old: 'عمر البيانات {age}',
} satisfies Messages;
