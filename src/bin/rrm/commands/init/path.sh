# The rm of rrm shim install comes before that of the system. In PATH a colon cannot be written.
case ${HOME-} in
    *:*) ;;
    /*)
        case ${PATH-}: in
            "$HOME/.local/bin:"*) ;;
            *) export PATH="$HOME/.local/bin${PATH:+:$PATH}" ;;
        esac
        ;;
esac
