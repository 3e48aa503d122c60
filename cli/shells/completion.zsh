#compdef cloudbrain
# Completion of cloudbrain for zsh. What is typed is passed on as it is, and never run.
_cloudbrain() {
  local line files
  local -a found
  while IFS= read -r line; do
    if [[ $line == :files* ]]; then
      files=1
      continue
    fi
    found+=("${${line%%$'\t'*}//:/\\:}${${line#*$'\t'}:+:${line#*$'\t'}}")
  done < <("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  [[ -n $files ]] && _files
  (( $#found )) && _describe -V cloudbrain found
}
compdef _cloudbrain cloudbrain
