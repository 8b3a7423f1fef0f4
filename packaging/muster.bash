# bash completion for muster: commands, options and files.
_muster() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local commands='scan ping hosts judge report checks explain help version'
    case $previous in
    -i | --inventory | -o | --output | --private-key | -F | --ssh-config | --tlscacert | --tlscert | --tlskey | --policy | --baseline | report)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --save-facts | judge)
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
    --benchmark) mapfile -t COMPREPLY < <(compgen -W '1.6.0 1.7.0 1.8.0' -- "$word"); return ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$word"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'html json jsonl sarif junit csv markdown prometheus text docker-bench-json docker-bench-text table' -- "$word"); return ;;
    --host-key) mapfile -t COMPREPLY < <(compgen -W 'strict accept-new no' -- "$word"); return ;;
    --fail-on) mapfile -t COMPREPLY < <(compgen -W 'warn error info note unreachable none' -- "$word"); return ;;
    explain | -c | --check | -e | --exclude)
        mapfile -t COMPREPLY < <(compgen -W "$(muster checks 2>/dev/null | awk '/^  [0-9X]/ { print $1 }')" -- "$word")
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(muster scan --help 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u)" -- "$word")
    elif [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
    fi
}
complete -F _muster muster
