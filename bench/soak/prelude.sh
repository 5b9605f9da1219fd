# What a soak does, as shell functions. $W is the directory of the world, $MEMO
# the binary, which is built with -tags memotest so that its clock can be set.

# begin: make the world.
begin() {
	mkdir -p "$W/d0" "$W/d1" "$W/bin" "$W/home/.config/memo" "$W/in/tree/sub" "$W/in/glob"
	if [ "$SOAK_DISK" = 1 ]; then
		mkdir -p "$W/disk"
		mount -t tmpfs -o size=400k,mode=700 tmpfs "$W/disk"
	fi
	: >"$W/runs"
	filler >"$W/in/filler"
	program 1
	ln -s "$MEMO" "$W/bin/memo" # for calls in calls
	for text in one two; do echo $text >"$W/in/stdin-$text"; done
	for name in f0 f1 ver tree/a tree/sub/b glob/1.txt; do put "$name" aaaa atomic; done
}

# filler: print 90 kB.
filler() { awk 'BEGIN { for (i = 0; i < 3000; i++) printf "line %d of the filling of big\n", i }'; }

# program VERSION: replace the program.
program() {
	sed "s/VERSION/$1/" "$W/prog.sh" >"$W/bin/.new"
	chmod 755 "$W/bin/.new"
	mv -f "$W/bin/.new" "$W/bin/prog"
}

# put NAME VALUE WAY: give an input a value.
put() {
	file=$W/in/$1
	case $2 in
	absent) rm -rf "$file"; return ;;
	directory) rm -rf "$file"; mkdir "$file"; return ;;
	esac
	[ ! -d "$file" ] || rm -rf "$file"
	case $3 in
	in-place) # in two writes
		[ ! -L "$file" ] || rm -f "$file"
		: >"$file"
		printf %s "${2%??}" >>"$file"
		printf '%s\n' "${2#"${2%??}"}" >>"$file"
		chmod 644 "$file"
		;;
	same-time) # in place, with the time and perhaps the size that it had
		[ ! -L "$file" ] || rm -f "$file"
		[ -e "$file" ] || : >"$file"
		touch -r "$file" "$W/in/.time"
		printf '%s\n' "$2" >"$file"
		chmod 644 "$file"
		touch -r "$W/in/.time" "$file"
		;;
	link) # a symlink to another file
		printf '%s\n' "$2" >"$W/in/.$2"
		rm -f "$file"
		ln -s "$W/in/.$2" "$file"
		;;
	old | exec | atomic)
		printf '%s\n' "$2" >"$W/in/.new"
		[ "$3" != old ] || touch -d 2001-01-01 "$W/in/.new"
		[ "$3" != exec ] || chmod 755 "$W/in/.new"
		mv -f "$W/in/.new" "$file"
		;;
	esac
}

# config WHAT WAY: write the user's configuration.
config() {
	file=$W/home/.config/memo/config.yaml
	[ ! -d "$file" ] || rm -rf "$file"
	case $1 in
	none) rm -f "$file"; return ;;
	directory) rm -f "$file"; mkdir "$file"; return ;;
	lifetime) text='default_ttl: 1h' ;;
	variable) text='env: [SOAK_VAR]' ;;
	small) text='max_results: 4
eviction: fifo' ;;
	rule) text='rules: [{match: "prog *", ttl: 10m}]' ;;
	syntax) text='ttl: [' ;;
	key) text='tll: 5m' ;;
	value) text='ttl: five' ;;
	esac
	if [ "$2" = in-place ]; then
		: >"$file"
		printf %s "${text%??}" >>"$file"
		printf '%s\n' "${text#"${text%??}"}" >>"$file"
	else
		printf '%s\n' "$text" >"$file.new"
		mv -f "$file.new" "$file"
	fi
}

# damage CLASS HOW N: do something to the Nth file of a class in the store.
damage() {
	all=$(find "$MEMO_CACHE_DIR" -type f -path "*/$1" 2>/dev/null | sort)
	[ -n "$all" ] || return 0
	count=$(printf '%s\n' "$all" | wc -l)
	file=$(printf '%s\n' "$all" | sed -n "$(($3 % count + 1))p")
	other=$(printf '%s\n' "$all" | sed -n "$((($3 + 1) % count + 1))p")
	size=$(wc -c <"$file") || return 0
	case $2 in
	flip) [ "$size" = 0 ] || printf "\\$(printf %o $(($3 % 256)))" | dd of="$file" bs=1 seek=$(($3 % size)) conv=notrunc 2>/dev/null ;;
	truncate) [ "$size" = 0 ] || truncate -s $(($3 % size)) "$file" ;;
	extend) printf 'garbage %s' "$3" >>"$file" ;;
	empty) : >"$file" ;;
	remove) rm -f "$file" ;;
	directory) rm -f "$file" && mkdir "$file" ;;
	fifo) rm -f "$file" && mkfifo "$file" ;;
	full) rm -f "$file" && ln -s /dev/full "$file" ;;
	dangling) rm -f "$file" && ln -s "$W/nowhere" "$file" ;;
	link) mv -f "$file" "$W/moved" && ln -s "$W/moved" "$file" ;;
	swap) mv -f "$file" "$W/swapped" && mv -f "$other" "$file" && mv -f "$W/swapped" "$other" ;;
	overwrite) [ "$file" = "$other" ] || cat "$other" >"$file" ;;
	esac 2>/dev/null || :
}

# place HOW: make something wrong with the cache directory itself.
place() {
	[ -d "$MEMO_CACHE_DIR" ] || fresh
	v=$MEMO_CACHE_DIR/v2
	case $1 in
	file) rm -rf "$MEMO_CACHE_DIR"; echo >"$MEMO_CACHE_DIR" ;;
	dangling) rm -rf "$MEMO_CACHE_DIR"; ln -s "$W/nowhere/at/all" "$MEMO_CACHE_DIR" ;;
	open) mkdir -p "$MEMO_CACHE_DIR"; chmod 777 "$MEMO_CACHE_DIR" ;;
	closed) mkdir -p "$MEMO_CACHE_DIR"; chmod 0 "$MEMO_CACHE_DIR" ;;
	results) mkdir -p "$v"; rm -rf "$v/results"; echo >"$v/results" ;;
	recall) mkdir -p "$v"; rm -rf "$v/recall"; mkfifo "$v/recall" ;;
	locks) mkdir -p "$v"; rm -rf "$v/locks"; echo >"$v/locks" ;;
	log) mkdir -p "$v"; rm -rf "$v/invalidations"; mkdir "$v/invalidations" ;;
	journal) mkdir -p "$v"; rm -rf "$v/journal"; mkfifo "$v/journal" ;;
	esac 2>/dev/null || : # the disk may be full
}

# fresh: let there be no cache directory.
fresh() {
	chmod 700 "$MEMO_CACHE_DIR" 2>/dev/null || :
	until rm -rf "$MEMO_CACHE_DIR" 2>/dev/null; do :; done # something may be written
}

# fill, unfill: leave no byte on the disk of the store, or make room again.
fill() { cat /dev/zero >"$W/disk/full" 2>/dev/null || :; }
unfill() { rm -f "$W/disk/full"; }

# detached: print the processes that calls have left behind.
detached() { grep -lzxF "SOAK_WORLD=$W" /proc/[0-9]*/environ 2>/dev/null | tr -dc '0-9\n'; }

# call ID DIR CLOCK VAR STDIN ARG...: become memo with these arguments; VAR is
# what SOAK_VAR is, and STDIN the name of an input or "none".
call() {
	id=$1 dir=$2 clock=$3 var=SOAK_VAR=$4 stdin=$W/in/$5
	[ "$4" != unset ] || var=SOAK_NONE=
	[ "$5" != none ] || stdin=/dev/null
	shift 5
	cd "$W/$dir" || exit
	exec env -i PATH="$W/bin:/usr/bin:/bin" HOME="$W/home" LANG=C.UTF-8 TZ=UTC "$var" \
		MEMO_CACHE_DIR="$MEMO_CACHE_DIR" MEMO_RECALL="$MEMO_RECALL" TESTING_MEMO_CLOCK="$clock" \
		SOAK_WORLD="$W" SOAK_RUNS="$W/runs" SOAK_CALL="$id" "$MEMO" "$@" <"$stdin"
}
