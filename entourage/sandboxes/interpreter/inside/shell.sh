# A shell cell by cell: NUL-ended scripts come in, frames go out between what is printed. Arguments: token, folder.
__token=$1 __count=0
cd "$2" || exit 1
exec {__in}<&0 </dev/null
set --
__cell() { eval "$__code"; }
trap : INT
while IFS= read -r -d '' -u "$__in" __code; do
    __count=$((__count + 1))
    trap 'return 130' INT
    __cell
    __status=$?
    trap : INT
    printf '\0%s\0{"type":"done"}\0' "$__token" >&2
    printf '\0%s\0{"type":"done","count":%d,"status":%d}\0' "$__token" "$__count" "$__status"
done
