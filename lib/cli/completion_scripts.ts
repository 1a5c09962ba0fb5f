/**
 * Completion scripts of four shells, made of the definitions of commands.
 *
 * @module
 */
import { SHARED_OPTIONS } from "./connection_options.ts";
import {
  type CommandDefinition,
  type CommandGroup,
  isGroup,
  type Parameter,
} from "./definition.ts";

/** The shells there are scripts for. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

/** The script of a shell. */
export function completionScript(
  shell: Shell,
  commands: readonly (CommandGroup | CommandDefinition)[],
): string {
  const table = wordsByPath(commands);
  switch (shell) {
    case "bash":
      return bash(table);
    case "zsh":
      return zsh(table);
    case "fish":
      return fish(commands);
    case "powershell":
      return powershell(table);
  }
}

/** By the words so far, as `"stream create"`, what may come next. */
type WordTable = ReadonlyMap<string, readonly string[]>;

function wordsByPath(commands: readonly (CommandGroup | CommandDefinition)[]): WordTable {
  const shared = SHARED_OPTIONS.flatMap(flagsOf);
  const names = [...commands.map(({ name }) => name), "serve", "config", "cert", "help"];
  const table = new Map<string, readonly string[]>([["", [...names, ...shared]]]);
  const longShared = shared.filter((flag) => flag.startsWith("--"));
  for (const entry of commands) {
    const inner = isGroup(entry) ? entry.commands : [];
    for (const name of [entry.name, ...entry.aliases ?? []]) {
      if (!isGroup(entry)) {
        table.set(name, [...nextOf(entry), ...longShared]);
        continue;
      }
      table.set(name, inner.map((each) => each.name));
      for (const each of inner) {
        for (const innerName of [each.name, ...each.aliases ?? []]) {
          table.set(`${name} ${innerName}`, [...nextOf(each), ...longShared]);
        }
      }
    }
  }
  return table;
}

function nextOf({ parameters = [], options = [] }: CommandDefinition): string[] {
  return [...parameters.flatMap(({ choices = [] }) => choices), ...options.flatMap(flagsOf)];
}

function flagsOf({ flags }: Parameter): string[] {
  return flags.split(/[ ,]+/).filter((word) => word.startsWith("-"));
}

function bash(table: WordTable): string {
  const cases = [...table].map(([path, words]) => `    "${path}") words="${words.join(" ")}" ;;`);
  return `# Completions of whippet for bash: source <(whippet completions bash)
_whippet() {
  local path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) continue ;; esac
    case "$path" in
      "") path="$word" ;;
      *" "*) ;;
      *) path="$path $word" ;;
    esac
  done
  while :; do
    case "$path" in
${cases.join("\n")}
    esac
    [ -n "$words" ] && break
    case "$path" in *" "*) path="\${path% *}" ;; *) break ;; esac
  done
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _whippet whippet
`;
}

function zsh(table: WordTable): string {
  return `#compdef whippet
# Completions of whippet for zsh: source <(whippet completions zsh)
autoload -U +X bashcompinit && bashcompinit
${bash(table).replace(/^#.*\n/, "")}`;
}

function fish(commands: readonly (CommandGroup | CommandDefinition)[]): string {
  const lines = ["# Completions of whippet for fish: whippet completions fish | source"];
  const quote = (text: string) => `'${text.replaceAll("'", "\\'")}'`;
  for (const parameter of SHARED_OPTIONS) {
    lines.push(`complete -c whippet ${fishFlags(parameter)} -d ${quote(parameter.about)}`);
  }
  for (const entry of commands) {
    lines.push(
      `complete -c whippet -f -n __fish_use_subcommand -a ${entry.name} -d ${quote(entry.about)}`,
    );
    for (const each of isGroup(entry) ? entry.commands : [entry]) {
      const path = isGroup(entry)
        ? `${entry.name}; and __fish_seen_subcommand_from ${each.name}`
        : entry.name;
      if (isGroup(entry)) {
        lines.push(
          `complete -c whippet -f -n '__fish_seen_subcommand_from ${entry.name}' -a ${each.name} -d ${
            quote(each.about)
          }`,
        );
      }
      for (const option of each.options ?? []) {
        lines.push(
          `complete -c whippet -n '__fish_seen_subcommand_from ${path}' ${fishFlags(option)} -d ${
            quote(option.about)
          }`,
        );
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

function fishFlags(parameter: Parameter): string {
  const words = flagsOf(parameter)
    .map((flag) => flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`);
  const choices = parameter.choices === undefined ? "" : ` -a '${parameter.choices.join(" ")}'`;
  return words.join(" ") + (parameter.flags.includes("<") ? ` -r${choices}` : "");
}

function powershell(table: WordTable): string {
  const rows = [...table].map(([path, words]) =>
    `    '${path}' = @(${words.map((word) => `'${word}'`).join(", ")})`
  );
  return `# Completions of whippet for PowerShell: whippet completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName whippet -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $table = @{
${rows.join("\n")}
  }
  $path = @($commandAst.CommandElements | Select-Object -Skip 1 |
    ForEach-Object { $_.ToString() } |
    Where-Object { -not $_.StartsWith('-') -and $_ -ne $wordToComplete } | Select-Object -First 2)
  $words = $null
  while ($null -eq $words) {
    $words = $table[($path -join ' ')]
    if ($path.Count -eq 0) { break }
    $path = @($path | Select-Object -SkipLast 1)
  }
  $words | Where-Object { $_ -like "$wordToComplete*" } |
    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`;
}
