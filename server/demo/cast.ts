/** Who plays in the demo: domains, users, agents, their models, tools and questions. */

export interface Model {
  id: string;
  provider: string;
  /** Output tokens a second, which sets the latency. */
  speed: number;
}

export interface Agent {
  name: string;
  domain: string;
  /** Who pays for it. */
  team: string;
  models: readonly [readonly [Model, number], ...(readonly [Model, number])[]];
  tools: readonly [string, ...string[]];
  /** What its instructions are. */
  instructions: string;
  tasks: readonly [string, ...string[]];
  /** What is asked after an answer, and how it answers. */
  followUps: readonly [string, ...string[]];
  answers: readonly [string, ...string[]];
  /** Whether its client names the conversation; else only the repeated history tells it. */
  namesConversation: boolean;
  /** How often it runs, beside the others. */
  share: number;
  /** The part of its runs that fails. */
  failures: number;
  /** It tells from its first step on how many there will be; others only at their end. */
  plans: boolean;
  /** Whom it leaves a part of its work to. */
  helper?: Helper;
}

/** An agent that works within the runs of others. */
export interface Helper {
  name: string;
  model: Model;
  tools: readonly [string, ...string[]];
  /** In how many of the steps it is called. */
  share: number;
}

const sonnet: Model = { id: 'claude-sonnet-4-5', provider: 'anthropic', speed: 75 };
const haiku: Model = { id: 'claude-haiku-4-5', provider: 'anthropic', speed: 140 };
const gpt5: Model = { id: 'gpt-5', provider: 'openai', speed: 60 };
const mini: Model = { id: 'gpt-5-mini', provider: 'openai', speed: 120 };
const gemini: Model = { id: 'gemini-2.5-flash', provider: 'gcp.gen_ai', speed: 150 };
/** Not in the public price list: shows how an unpriced request looks. */
const glm: Model = { id: 'glm-4-flash', provider: 'zhipu', speed: 110 };

export const agents: readonly [Agent, ...Agent[]] = [
  {
    name: 'support-agent',
    domain: 'support.example.com',
    team: 'customer-care',
    models: [
      [sonnet, 6],
      [haiku, 4],
    ],
    tools: ['find_order', 'refund_order', 'search_help', 'send_email'],
    tasks: [
      'Where is my order 48213? It should have been here on Monday.',
      'I was charged twice for the same subscription.',
      'How do I change the delivery address of an order on its way?',
      'The voucher from the newsletter is refused at checkout.',
    ],
    instructions: 'You help customers of a shop. Be brief, and never promise what you can’t see.',
    followUps: [
      'And when will it be here?',
      'Can I have my money back instead?',
      'Thank you. Is there a number that I can call?',
    ],
    answers: [
      'It left the depot this morning and should be with you tomorrow before noon.',
      'I have refunded the second charge; it takes three days to show.',
      'You can change it until the parcel is handed over. I have done it for you now.',
      'The voucher is for orders over 50 euros, and yours is at 46.',
    ],
    namesConversation: true,
    share: 5,
    failures: 0.06,
    plans: true,
    helper: { name: 'policy-checker', model: haiku, tools: ['search_policies'], share: 0.25 },
  },
  {
    name: 'triage-agent',
    domain: 'support.example.com',
    team: 'customer-care',
    models: [
      [haiku, 7],
      [glm, 3],
    ],
    tools: ['classify_ticket', 'assign_team'],
    tasks: [
      'Sort the tickets that came in since 9 o’clock.',
      'Which tickets are about the outage?',
    ],
    instructions: 'Sort tickets. Answer with a list of teams and ticket numbers.',
    followUps: ['Which of them are urgent?', 'Assign the rest to the evening shift.'],
    answers: [
      'Billing: 12, 14, 19. Delivery: 13, 15. Unassigned: 16.',
      'Eleven tickets name the outage, the first at 8:52.',
    ],
    namesConversation: true,
    share: 3,
    failures: 0.03,
    plans: false,
  },
  {
    name: 'shopping-assistant',
    domain: 'shop.example.com',
    team: 'store',
    models: [
      [mini, 6],
      [gemini, 4],
    ],
    tools: ['search_products', 'compare_prices', 'check_stock', 'add_to_cart'],
    tasks: [
      'A waterproof jacket for cycling, under 150 euros, in green.',
      'Compare the three lightest tents for two people.',
      'Do you have these shoes in 43, and can they be here by Friday?',
    ],
    instructions: 'You help people choose. Compare at most three products, and say what they lack.',
    followUps: [
      'Which of them is the lightest?',
      'Is there one without a hood?',
      'Put the second one into my cart.',
    ],
    answers: [
      'Three fit: the Alp at 129, the Fjord at 145 and the Dune at 98 euros. The Dune is not quite waterproof.',
      'The Fjord weighs 310 g, the others over 400 g.',
      'Yes, and it is in stock in green: it can be with you on Thursday.',
    ],
    namesConversation: true,
    share: 6,
    failures: 0.05,
    plans: true,
  },
  {
    name: 'catalogue-writer',
    domain: 'shop.example.com',
    team: 'content',
    models: [
      [gpt5, 6],
      [glm, 4],
    ],
    tools: ['read_product', 'write_description', 'check_style'],
    tasks: [
      'Describe the new spring jackets in 60 words each.',
      'Rewrite the descriptions that customers call unclear.',
    ],
    instructions: 'Write descriptions of 60 words in the house style.',
    followUps: ['Shorter, please.', 'Again, without the word “perfect”.'],
    answers: [
      'A light jacket for wet mornings, with taped seams and a hood that fits over a helmet.',
      'Rewritten: 14 descriptions, the longest has 58 words.',
    ],
    namesConversation: false,
    share: 2,
    failures: 0.08,
    plans: false,
  },
  {
    name: 'data-analyst',
    domain: 'internal.example.com',
    team: 'insights',
    models: [
      [sonnet, 5],
      [gpt5, 5],
    ],
    tools: ['run_sql', 'read_dashboard', 'plot', 'read_file'],
    tasks: [
      'Why did returns go up last week?',
      'Revenue by region for the quarter, against the plan.',
      'Which customers stopped ordering after the price change?',
    ],
    instructions: 'You answer questions with SQL. Show the figures that you used.',
    followUps: [
      'Break that down by country.',
      'And compared to the year before?',
      'Plot it, please.',
    ],
    answers: [
      'Returns rose from 4.1 % to 6.3 %, nearly all of it in shoes after the new size chart.',
      'North is at 102 % of plan, South at 88 %.',
      'Forty-one customers, together 3.2 % of last quarter’s revenue.',
    ],
    namesConversation: true,
    share: 3,
    failures: 0.12,
    plans: true,
    helper: {
      name: 'sql-writer',
      model: mini,
      tools: ['describe_table', 'explain_query'],
      share: 0.4,
    },
  },
];

const names = [
  'ada', 'alan', 'amina', 'barbara', 'carlos', 'dennis', 'edsger', 'fatima', 'grace', 'hedy',
  'ivan', 'jean', 'katherine', 'linus', 'margaret', 'niklaus', 'olga', 'radia', 'sofia', 'tim',
  'ursula', 'yukihiro',
] as const; // prettier-ignore

export const users: readonly [string, ...string[]] = names.map((name) => `${name}@example.com`) as [
  string,
  ...string[],
];

type Failure = readonly [type: string, message: string];

export const failures: readonly [Failure, ...Failure[]] = [
  ['MODEL_TIMEOUT', 'The model did not answer within 60 s'],
  ['rate_limit_error', 'Number of request tokens has exceeded the per-minute limit'],
  ['overloaded_error', 'Overloaded'],
  ['context_length_exceeded', 'The prompt is longer than the model’s context'],
  ['AUTH_FAILED', 'The provider refuses the key of this agent'],
];

/** Where an agent of the demo would have failed, as its runtime tells it. */
export function stackOf(type: string, message: string, agent: string): string {
  const frames = [
    `callModel (file:///srv/${agent}/model.ts:88:11)`,
    `process.processTicksAndRejections (node:internal/process/task_queues:105:5)`,
    `async runStep (file:///srv/${agent}/loop.ts:41:18)`,
    `async run (file:///srv/${agent}/main.ts:17:3)`,
  ];
  return [`${type}: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
}
