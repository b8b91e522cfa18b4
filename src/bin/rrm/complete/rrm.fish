# Completions of rrm for fish. Asks rrm for candidates at each Tab, and quotes them for the current context.

function __rrm_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l token (commandline --current-token --cut-at-cursor)
    # Quotes may be open.
    set -l word (string unescape -- $token; or string unescape -- $token'"'; or string unescape -- $token"'")
    test (count $word) -gt 0; or set word ''
    # What the shell expands stays as it was typed.
    set -l typed (string match --regex --groups-only '^(?|(~)|"?(\$HOME))/' -- $token)
    if set -q typed[1]
        set word (string replace -- $typed $HOME $word)
    end
    set -l lines (rrm complete fish -- $words $word 2>/dev/null)
    switch "$lines[1]"
        case files
            __fish_complete_path $word
        case directories
            __fish_complete_directories $word ''
        case words
            test (count $lines) -gt 1; or return
            if set -q typed[1]
                set lines $typed(string sub --start (math 1 + (string length -- $HOME)) -- $lines)
            end
            printf '%s\n' $lines[2..-1]
    end
end

complete --command rrm --no-files --keep-order --arguments '(__rrm_complete)'
