# Completions of rrm for bash. Asks rrm for candidates at each Tab, and quotes them for the current context.

_rrm() {
    local answer about insertion listed
    COMPREPLY=()
    # bash obeys these variables whether they are exported or not, and rrm has to read the line as bash does.
    answer=$(LC_ALL=${LC_ALL-} LC_CTYPE=${LC_CTYPE-} LANG=${LANG-} rrm complete bash -- "$2" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null) || return 0
    {
        read -r about
        case $about in
            files) compopt -o default; return 0 ;;
            directories) compopt -o dirnames; return 0 ;;
        esac
        while IFS=$'\t' read -r insertion listed; do
            # Descriptions are shown only in the list after the second press, where nothing of them can get into the line.
            if [[ $COMP_TYPE == 63 ]]; then
                COMPREPLY+=("$listed")
            else
                COMPREPLY+=("$insertion")
            fi
        done
    } <<<"$answer"
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == --*= ]]; then compopt -o nospace; fi
}

if [[ ${BASH_VERSINFO[0]} -gt 4 || ${BASH_VERSINFO[0]} -eq 4 && ${BASH_VERSINFO[1]} -ge 4 ]]; then
    complete -o nosort -F _rrm rrm
else
    complete -F _rrm rrm
fi
