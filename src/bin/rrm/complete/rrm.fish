# Completions of rrm for fish. What can be completed is asked of rrm itself at each press of the key.

function __rrm_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l word (string unescape -- (commandline --current-token --cut-at-cursor))
    test (count $word) -gt 0; or set word ''
    set -l lines (rrm complete fish -- $words $word 2>/dev/null)
    switch "$lines[1]"
        case files
            __fish_complete_path $word
        case directories
            __fish_complete_directories $word ''
        case words
            printf '%s\n' $lines[2..-1]
    end
end

complete --command rrm --no-files --keep-order --arguments '(__rrm_complete)'
