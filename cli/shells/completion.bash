# Completion of cloudbrain for bash. What is typed is passed on as it is, and never run.
_cloudbrain() {
  local line word words=() rest=${COMP_LINE#*"${COMP_WORDS[0]}"}
  # bash splits words at : and = too: join what has no blank in between.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $rest == [[:space:]]* ]]; then
      words+=("$word")
    else
      words[${#words[@]} - 1]+=$word
    fi
    rest=${rest#*"$word"}
  done
  COMPREPLY=()
  while IFS= read -r line; do
    line=${line%%$'\t'*}
    if [[ $line == :files ]]; then
      compopt -o default
    else
      COMPREPLY+=("$line")
    fi
  done < <("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null)
}
complete -F _cloudbrain cloudbrain
