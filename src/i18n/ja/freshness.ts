import type { Messages } from '../catalogue.ts';

export default {
  live: 'ライブ',
  old: '{age}前のデータ',
} satisfies Messages;
