import { Command } from 'commander';

/**
 * Fails as commander does for an unknown command: with a suggestion, and as wrong usage.
 * @throws CommanderError
 */
export function failUnknown(family: Command, word: string): void {
  // A command without an action, so that commander takes the word for a subcommand.
  const names = new Command(family.name()).copyInheritedSettings(family).helpCommand(false);
  for (const child of family.createHelp().visibleCommands(family)) names.command(child.name());
  names.parse([word], { from: 'user' });
}

/**
 * Checks a command whose help is asked for: commander shows the help of a family for any word after
 * its name.
 * @throws CommanderError for a word that isn't one of its subcommands
 */
export function checkHelp(command: Command): void {
  const [word] = command.args;
  const isFamily = command.commands.length > 0;
  if (isFamily && word !== undefined && !word.startsWith('-')) failUnknown(command, word);
}
