# What this shell removes has a label of its own, unless it was started with one.
switch "$RRM_SESSION"
    case "shell-$fish_pid-*"
    case '' 'shell-*'
        set -gx RRM_SESSION shell-$fish_pid-(random)
end
