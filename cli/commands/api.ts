import { APIError, type Problem } from '@cloudbrain/sdk';
import { Argument, InvalidArgumentError } from 'commander';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { propose } from '../complete.ts';
import type { Context } from '../context.ts';
import { codeOf, CommandError, UsageError } from '../exit.ts';
import { operations } from '../generated/contract.ts';
import { clean, prettyJson } from '../output/clean.ts';
import type { Output } from '../output/output.ts';
import { save } from '../output/save.ts';
import type { AddCommands } from '../program.ts';
import { pathOn, sendRaw } from '../raw.ts';

interface ApiOptions {
  query?: [name: string, value: string][];
  data?: string;
  header?: [name: string, value: string][];
  include?: true;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Any request to the server: `api`. */
export const addApi: AddCommands = (program, runs) => {
  program
    .command('api')
    .addArgument(methodArgument())
    .addArgument(pathArgument())
    .description('send one request to the API and print the raw response')
    .option('-q, --query <name=value>', 'add to the query; may be repeated', collectQuery)
    .option('--data <json>', 'the body: JSON, @file, or - for standard input')
    .option('-H, --header <name: value>', 'add a header; may be repeated', collectHeader)
    .option('-i, --include', 'print the status and the headers as well')
    .addHelpText('after', API_HELP)
    .action(runs(api));
};

const API_HELP = `
The request is sent with your credentials, and only to the server. JSON is
indented in a terminal; streams are printed as they come. openapi.yaml has all
operations.

Examples:
  cloudbrain api GET /api/stats/overview -q timeframe=7d
  cloudbrain api POST /api/conversations/export --data '{"format":"ndjson"}'
  cloudbrain api GET /api/live -q topics=executions
  cloudbrain api GET /api/auth/me --include`;

function methodArgument(): Argument {
  const argument = new Argument('<method>', 'HTTP method').argParser((text) => {
    const method = text.toUpperCase();
    if (!METHODS.includes(method)) {
      throw new InvalidArgumentError(`It must be one of ${METHODS.join(', ')}.`);
    }
    return method;
  });
  argument.argChoices = METHODS;
  return argument;
}

const pathArgument = (): Argument =>
  propose(new Argument('<path>', 'such as /api/stats/overview'), [
    ...new Set(Object.values(operations).map(({ path }) => path)),
  ]);

type Pairs = [name: string, value: string][];

function collectQuery(text: string, before: Pairs = []): Pairs {
  const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('It must have the form name=value.');
  return [...before, [name, value]];
}

/** Headers that the command line sets itself, or that would change where a request goes. */
const OWN_HEADERS =
  /^(?:authorization|x-api-key|cookie|host|connection|content-length|transfer-encoding|upgrade|expect|keep-alive|te|trailer|proxy-.*)$/i;

function collectHeader(text: string, before: Pairs = []): Pairs {
  const [, name, value = ''] =
    /^([\w!#$%&'*+.^`|~-]+):[ \t]*([\t\x20-\x7e\xa0-\xff]*)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('It must have the form "Name: value".');
  if (OWN_HEADERS.test(name)) throw new InvalidArgumentError("This header can't be set.");
  return [...before, [name, value]];
}

async function api(
  context: Context,
  method: string,
  given: string,
  { query, data, header = [], include }: ApiOptions,
): Promise<void> {
  const { output } = context;
  const server = await context.server();
  const path = pathOn(server, given, query);
  if (data !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw new UsageError(`${method} has no body: leave out --data.`);
  }
  const headers = Object.fromEntries(header);
  const hasType = header.some(([name]) => name.toLowerCase() === 'content-type');
  const body = data === undefined ? undefined : await bodyOf(context, data, { isJson: !hasType });
  const answer = await sendRaw(context, { method, path, headers, body });
  if (include) await output.line(headOf(answer));
  if (answer.ok) return print(answer, output);
  const text = await answer.text();
  await print(new Response(text, answer), output);
  throw failure(answer, text, server);
}

/** @throws UsageError for JSON that isn't */
async function bodyOf(
  { input }: Context,
  data: string,
  { isJson }: { isJson: boolean },
): Promise<Uint8Array> {
  const bytes =
    data === '-'
      ? await buffer(input)
      : data.startsWith('@')
        ? await readFile(data.slice(1))
        : Buffer.from(data);
  if (isJson) {
    try {
      JSON.parse(bytes.toString());
    } catch (error) {
      const message = `--data is not JSON: ${(error as SyntaxError).message}.`;
      throw new UsageError(message, 'For another type set it with --header "Content-Type: ...".');
    }
  }
  return bytes;
}

function headOf({ status, statusText, headers }: Response): string {
  const lines = [...headers].map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${statusText}`, ...lines, ''].map(clean).join('\n');
}

const typeOf = ({ headers }: Response): string =>
  headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';

async function print(answer: Response, output: Output): Promise<void> {
  const type = typeOf(answer);
  if (!answer.body) return;
  if (output.isTerminal && !output.json && /^application\/(?:.*\+)?json$/.test(type)) {
    const text = await answer.text();
    if (text !== '') await output.line(readable(text));
    return;
  }
  const isText = /^(?:text\/.*|application\/(?:.*\+)?(?:json|xml|x-ndjson|ndjson)|)$/.test(type);
  if (output.isTerminal && !isText) {
    await answer.body.cancel();
    const message = `The response is ${type}, which a terminal can't show.`;
    throw new UsageError(message, 'Redirect the output to a file.');
  }
  await save(() => Promise.resolve(answer), { output });
}

/** Indented, where it is the JSON that it claims to be. */
function readable(text: string): string {
  try {
    return prettyJson(text);
  } catch {
    return clean(text);
  }
}

/** The error of an answer, with the message and the exit code of every other command. */
function failure(answer: Response, text: string, server: string): Error {
  const { status, statusText } = answer;
  const problem = problemOf(text);
  if (problem) return new APIError(answer, problem, server);
  return new CommandError(`${server} answered ${status} ${statusText}.`, { code: codeOf(status) });
}

function problemOf(text: string): Problem | undefined {
  try {
    const problem = JSON.parse(text) as Problem;
    return Array.isArray(problem.errors) && problem.title && problem.detail ? problem : undefined;
  } catch {
    return undefined;
  }
}
