import type { Argument, Command, Option } from 'commander';
import { isDefault } from './options.ts';

/** A proposal for the next word. */
export interface Candidate {
  text: string;
  description: string;
}

const proposed = new WeakMap<Argument, readonly string[]>();

/** Proposes values for an argument that takes others as well, and too many to list in its help. */
export function propose(argument: Argument, values: readonly string[]): Argument {
  proposed.set(argument, values);
  return argument;
}

/** Stands for file names, which the shell itself completes. */
const FILES = ':files';

/**
 * Proposals for the word that is being typed.
 * @param words after the program's name, up to the cursor; the last one may be empty
 */
export function candidates(program: Command, words: readonly string[]): Candidate[] {
  const [first, ...rest] = words;
  const typed = words.at(-1) ?? '';
  const { command, waiting, given } = walk(program, (first === 'help' ? rest : words).slice(0, -1));
  const found =
    first === 'help' && rest.length > 0
      ? visible(command).map(asCandidate)
      : proposals(command, waiting, given, typed);
  return found.filter(({ text }) => text.startsWith(typed) || text === FILES);
}

function proposals(
  command: Command,
  waiting: Option | undefined,
  given: number,
  typed: string,
): Candidate[] {
  if (waiting) return valuesOf(waiting.argChoices, waiting.flags);
  if (typed.startsWith('-')) return optionsOf(command);
  const children = visible(command);
  if (children.length > 0 && given === 0) return children.map(asCandidate);
  const { registeredArguments: places } = command;
  const place: Argument | undefined =
    places[given] ?? (places.at(-1)?.variadic ? places.at(-1) : undefined);
  return place ? valuesOf(proposed.get(place) ?? place.argChoices, place.name()) : [];
}

interface Position {
  command: Command;
  /** The option whose value comes next. */
  waiting: Option | undefined;
  /** The number of arguments that it has already. */
  given: number;
}

/** Follows the words before the one that is being typed. */
function walk(program: Command, words: readonly string[]): Position {
  let command = program;
  let waiting: Option | undefined;
  let given = 0;
  for (const word of words) {
    if (waiting) {
      waiting = undefined;
    } else if (word.startsWith('-')) {
      const option = allOptions(command).find(({ long, short }) => word === long || word === short);
      if (option?.required) waiting = option;
    } else {
      const child = given === 0 ? visible(command).find((each) => each.name() === word) : undefined;
      if (child) command = child;
      else given++;
    }
  }
  return { command, waiting, given };
}

const visible = (command: Command): Command[] => command.createHelp().visibleCommands(command);

const asCandidate = (command: Command): Candidate => ({
  text: command.name(),
  description: command.description(),
});

/** The options of a command and of the program; for a family, those of its default command. */
function allOptions(family: Command): Option[] {
  const command = visible(family).find(isDefault) ?? family;
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

const optionsOf = (command: Command): Candidate[] =>
  allOptions(command).flatMap(({ long, description }) =>
    long ? [{ text: long, description }] : [],
  );

function valuesOf(choices: readonly string[] | undefined, name: string): Candidate[] {
  if (choices) return choices.map((text) => ({ text, description: '' }));
  return name.includes('file') ? [{ text: FILES, description: '' }] : [];
}
