# What this shell removes has a label of its own, unless it was started with one.
case ${RRM_SESSION-} in
    "shell-$$-"*) ;;
    '' | shell-*) export RRM_SESSION="shell-$$-$RANDOM" ;;
esac
