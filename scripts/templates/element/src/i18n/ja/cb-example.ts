import type { Messages } from '../catalogue.ts';

export default {
  heading: 'Example title',
  requests: 'リクエスト',
  errors: '失敗',
  empty:
    'この期間にリクエストはありません。エージェントがテレメトリを送信すると、ここに表示されます。',
} satisfies Messages;
