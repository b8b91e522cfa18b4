# Completions of rrm for bash. Asks rrm for candidates at each Tab, and quotes them for the current context.

_rrm() {
    local answer about insertion listed
    COMPREPLY=()
    # bash obeys these variables whether they are exported or not, and rrm has to read the line as bash does.
    answer=$(LC_ALL=${LC_ALL-} LC_CTYPE=${LC_CTYPE-} LANG=${LANG-} rrm complete bash -- "$2" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null) || return 0
    {
        read -r about
        case $about in
            files) __rrm_option default; return 0 ;;
            directories) __rrm_option dirnames; return 0 ;;
        esac
        while IFS=$'\t' read -r insertion listed; do
            # Descriptions are shown only in the list after the second press, where nothing of them can get into the line.
            if [[ ${COMP_TYPE-} == 63 ]]; then
                COMPREPLY+=("$listed")
            else
                COMPREPLY+=("$insertion")
            fi
        done
    } <<<"$answer"
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == --*= ]]; then __rrm_option nospace; fi
}

__rrm_option() { compopt -o "$1"; }
case ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]} in
    # There is no compopt, so files are offered wherever nothing else is.
    [1-3].*)
        __rrm_option() { :; }
        complete -o default -F _rrm rrm
        ;;
    4.[0-3]) complete -F _rrm rrm ;;
    *) complete -o nosort -F _rrm rrm ;;
esac
