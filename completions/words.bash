
# This takes the place of a function above, which prints an error at each TAB
# where the package bash-completion is not loaded: it calls that package's
# _get_comp_words_by_ref, always with -n =:. Bash splits words at = and : too;
# this function joins them again, up to the cursor.
__memo_init_completion()
{
    COMPREPLY=()
    if declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
        _get_comp_words_by_ref "$@" cur prev words cword
        return
    fi
    local line=${COMP_LINE:0:COMP_POINT} blank word i
    words=()
    cword=-1
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        blank=${line%%[![:blank:]]*}
        line=${line#"$blank"}
        if ((i == COMP_CWORD)); then
            word=$line
        fi
        if [[ -z $blank && cword -ge 0 && ($word == [=:]* || ${words[cword]} == *[=:]) ]]; then
            words[cword]+=$word
        else
            words[++cword]=$word
        fi
        line=${line#"$word"}
    done
    cur=${words[cword]}
    prev=
    if ((cword > 0)); then
        prev=${words[cword - 1]}
    fi
}
