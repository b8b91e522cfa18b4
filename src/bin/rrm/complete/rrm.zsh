#compdef rrm
# Completions of rrm for zsh. Asks rrm for candidates at each Tab, and quotes them for the current context.

_rrm() {
    local answer line value about home='' typed
    local -a lines values shown
    integer width=0
    # What the shell expands stays as it was typed.
    case $compstate[quote]$PREFIX in
        '~/'*) home='~/' ;;
        (\"|)'$HOME/'*) home='$HOME/' ;;
        (\"|)'${HOME}/'*) home='${HOME}/' ;;
    esac
    typed=${(Q)PREFIX#$home}
    if [[ -n $home ]]; then
        compset -p $#home
        home=$HOME/
    fi
    answer=$(rrm complete zsh -- "${(@Q)words[1,CURRENT-1]}" "$home$typed" 2>/dev/null) || return 1
    lines=("${(@f)answer}")
    case $lines[1] in
        files) _files; return ;;
        directories) _files -/; return ;;
    esac
    lines=("${(@)lines[2,-1]}")
    values=("${(@)${(@)lines%%$'\t'*}#$home}")
    (( $#values )) || return 1
    for value in "${(@)values}"; do (( $#value > width )) && width=$#value; done
    for line in "${(@)lines}"; do
        value=${${line%%$'\t'*}#$home} about=${line#*$'\t'}
        if [[ -n $about ]]; then value="${(r:width:)value}  -- $about"; fi
        shown+=("${value[1,COLUMNS-1]}")
    done
    # In the order of the answer, which is the newest first.
    compadd -V rrm -l -d shown -a values
}

if [[ ${funcstack[1]-} == _rrm ]]; then
    _rrm "$@"
elif (( ${+functions[compdef]} )); then
    compdef _rrm rrm
else
    # Start files often run compinit later; by the first prompt it has run.
    _rrm_when_ready() {
        precmd_functions=("${(@)precmd_functions:#_rrm_when_ready}")
        if (( ${+functions[compdef]} )); then compdef _rrm rrm; fi
    }
    typeset -ga precmd_functions
    precmd_functions=("${(@)precmd_functions:#_rrm_when_ready}" _rrm_when_ready)
fi
