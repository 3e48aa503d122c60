import '../../components/cb-stat-card/define.ts';
import { describeElement } from './describe-element.ts';

describeElement('cb-stat-card', {
  fill: (server, domain) => server.send({ domain }, { domain, failed: true }),
  attributes: { metric: 'requests' },
  headings: { en: 'Requests', de: 'Anfragen', ar: 'الطلبات', ja: 'リクエスト', he: 'בקשות' },
  roles: { without: 'sysops', with: 'viewer' },
});
