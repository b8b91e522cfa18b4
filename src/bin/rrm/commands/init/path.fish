# The rm of rrm shim install comes before that of the system. In PATH a colon cannot be written.
if string match --quiet --regex '^/[^:]*$' -- "$HOME"; and test "$PATH[1]" != "$HOME/.local/bin"
    set -gx PATH "$HOME/.local/bin" $PATH
end
