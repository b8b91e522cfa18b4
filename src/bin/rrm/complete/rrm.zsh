#compdef rrm
# Completions of rrm for zsh. What can be completed is asked of rrm itself at each press of the key.

_rrm() {
    local answer line value about
    local -a lines values shown
    integer width=0
    answer=$(rrm complete zsh -- "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null) || return 1
    lines=("${(@f)answer}")
    case $lines[1] in
        files) _files; return ;;
        directories) _files -/; return ;;
    esac
    lines=("${(@)lines[2,-1]}")
    values=("${(@)lines%%$'\t'*}")
    (( $#values )) || return 1
    for value in "${(@)values}"; do (( $#value > width )) && width=$#value; done
    for line in "${(@)lines}"; do
        value=${line%%$'\t'*} about=${line#*$'\t'}
        if [[ -n $about ]]; then value="${(r:width:)value}  -- $about"; fi
        shown+=("${value[1,COLUMNS-1]}")
    done
    # In the order of the answer, which is the newest first.
    compadd -V rrm -l -d shown -a values
}

if [[ $funcstack[1] == _rrm ]]; then
    _rrm "$@"
else
    compdef _rrm rrm
fi
