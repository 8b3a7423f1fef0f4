# bash completion for muster: the program itself says what may come next (muster complete).
_muster() {
    local word=${COMP_WORDS[COMP_CWORD]} offered
    offered=$(muster complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    case $offered in
    :files) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    :folders) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$word") ;;
    esac
}
complete -F _muster muster
