#!/bin/sh
# prog WORD... is the command that memo remembers. It prints what each of its
# inputs is and writes the same to $SOAK_RUNS, so that every output can be
# traced to the run that made it.
self=VERSION run=$SOAK_CALL.$$ code=0 big=0 values=
printf 'start %s\n' "$run" >>"$SOAK_RUNS"
for word; do
	case $word in
	slow) sleep 0.08; continue ;;
	big) big=1; continue ;;
	cwd) value=$(pwd -P); value=${value##*/} ;;
	var) value=${SOAK_VAR-unset} ;;
	stdin) value=; read -r value || : ;;
	self) value=$self ;;
	*)
		file=../in/$word value=
		if [ -d "$file" ]; then
			value=directory
		elif [ ! -e "$file" ]; then
			value=absent
		else
			{ read -r value <"$file" || :; } 2>/dev/null
			[ ! -x "$file" ] || value=${value}x
		fi
		;;
	esac
	case $value in bad*) code=3 ;; esac
	values="$values $word=${value:-empty}"
done
[ ! -e ../in/switch ] || code=4
printf 'run %s clock=%s code=%s big=%s%s\n' "$run" "$TESTING_MEMO_CLOCK" "$code" "$big" "$values" >>"$SOAK_RUNS"
printf 'run %s%s\n' "$run" "$values"
printf 'error of %s\n' "$run" >&2
[ "$big" = 0 ] || cat ../in/filler
echo "end of $run"
printf 'end %s\n' "$run" >>"$SOAK_RUNS"
exit "$code"
