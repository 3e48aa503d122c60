# Completion of cloudbrain for fish. What is typed is passed on as it is, and never run.
function __cloudbrain_complete
  set -l words (commandline -opc)
  cloudbrain __complete -- $words[2..] (commandline -ct) 2>/dev/null | while read -l line
    if string match -q ':files*' -- $line
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c cloudbrain -f -k -a '(__cloudbrain_complete)'
