# Completions of rrm for bash. What can be completed is asked of rrm itself at each press of the key.

_rrm() {
    local answer about line value description
    COMPREPLY=()
    answer=$(rrm complete bash -- "$2" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null) || return 0
    about=${answer%%$'\n'*}
    case $about in
        files) compopt -o default; return 0 ;;
        directories) compopt -o dirnames; return 0 ;;
    esac
    local values=() descriptions=()
    while IFS=$'\t' read -r value description; do
        values+=("$value")
        descriptions+=("$description")
    done <<<"${answer#*$'\n'}"
    # Descriptions are shown only in the list after the second press, where nothing of them can get into the line.
    if [[ $COMP_TYPE == 63 && ${#values[@]} -gt 1 ]]; then
        local index
        for index in "${!values[@]}"; do
            if [[ -n ${descriptions[index]} ]]; then
                COMPREPLY+=("${values[index]}  (${descriptions[index]})")
            else
                COMPREPLY+=("${values[index]}")
            fi
        done
        return 0
    fi
    for value in "${values[@]}"; do
        if [[ -n $value ]]; then COMPREPLY+=("$(_rrm_quoted "${COMP_WORDS[COMP_CWORD]}" "$value")"); fi
    done
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
}

# A value as it can stand where $1 was begun: within the quotes that are open there, or with backslashes.
_rrm_quoted() {
    case $1 in
        [\"\']*) printf '%s' "$2" ;;
        *) printf '%q' "$2" ;;
    esac
}

if [[ ${BASH_VERSINFO[0]} -gt 4 || ${BASH_VERSINFO[0]} -eq 4 && ${BASH_VERSINFO[1]} -ge 4 ]]; then
    complete -o nosort -F _rrm rrm
else
    complete -F _rrm rrm
fi
