import type { Messages } from '../catalogue.ts';

export default {
  heading: 'フィルター',
  domain: 'ドメイン',
  model: 'モデル',
  agent: 'エージェント',
  user: 'ユーザー',
  'all.domain': 'すべてのドメイン',
  'all.model': 'すべてのモデル',
  'all.agent': 'すべてのエージェント',
  'all.user': 'すべてのユーザー',
  remove: 'フィルター「{filter}」を解除',
  clear: 'フィルターをクリア',
  alone: '<cb-provider> の中に配置してください。',
} satisfies Messages;
