/** Why figures of the executive report can't be told, in its own words. Pure. */
import type { Schemas } from '../contract/index.ts';
import { cardsOf, chartsOf } from './executive-content.ts';
import { asMoment } from './format.ts';

type Overview = Schemas['ExecutiveOverview'];

/** What is no card and no chart. */
const PARTS: Readonly<Record<string, string>> = {
  userMetrics: 'Users',
  executionMetrics: 'Executions',
  businessMetrics: 'Business',
  agentMetrics: 'Agents',
  'agentMetrics.topAgents': 'Top agents',
  topUsers: 'Top users',
  activeAlerts: 'Active alerts',
  'period.from': 'Start of the period',
};

/** Each reason once, with the figures and changes that it is for. */
export function reasonsOf(overview: Overview): string[] {
  const { unavailable, period } = overview;
  const labels = new Map(Object.entries(PARTS));
  for (const { path, title } of chartsOf(overview)) {
    // Two charts may be of one part.
    const others = labels.get(path);
    labels.set(path, `${others === undefined ? 'Chart' : `${others},`} “${title}”`);
  }
  for (const { path, label } of cardsOf(overview).flatMap(({ cards }) => cards)) {
    labels.set(path, label);
  }
  const missing = new Set(unavailable.map(({ path }) => path));
  const groups = new Map<string, { figures: Set<string>; changes: Set<string> }>();
  for (const { path, reason } of unavailable) {
    const figure = path.replace(/\.change\b/, '');
    const isChange = figure !== path;
    // Why the figure itself is missing says it all.
    if (isChange && missing.has(figure)) continue;
    const label = labelOf(figure, labels);
    const group = groups.get(reason) ?? { figures: new Set(), changes: new Set() };
    group[isChange ? 'changes' : 'figures'].add(label);
    groups.set(reason, group);
  }
  return [...groups].map(([reason, { figures, changes }]) => {
    const change = figures.size > 0 ? 'change' : 'Change';
    const parts = [...figures];
    if (changes.size > 0) parts.push(`${change} of ${[...changes].join(', ')}`);
    return `${parts.join('; ')}: ${inWords(reason, period.timezone)}`;
  });
}

/** The name of a path, or of the longest part of it that has one. */
function labelOf(path: string, labels: ReadonlyMap<string, string>): string {
  for (let part = path; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('.')))) {
    const label = labels.get(part);
    if (label !== undefined) return label;
  }
  return path;
}

/** A reason with times by the clock of the report, and names without the marks of code. */
const inWords = (reason: string, timezone: string): string =>
  reason
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, (at) => asMoment(at, timezone))
    .replace(/`([^`]*)`/g, '“$1”');
