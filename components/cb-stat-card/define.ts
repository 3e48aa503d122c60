import { define } from '../../src/element/define.ts';
import { CbStatCard } from './cb-stat-card.ts';

define('cb-stat-card', CbStatCard);
export { CbStatCard };
