//go:build cgo && (linux || darwin)

/*
 * Serves recall records before the Go runtime starts. doc.go says what a
 * record is, encode.go how it is laid out.
 * The constructor at the end looks for the records of this very invocation. If
 * everything in one of them holds, it prints the output of the record and ends
 * the process. In every other case it returns without a trace, and Go decides.
 * It knows nothing of flags or policies. Records are data from disk: the code
 * checks every size, count and bound against the bytes present before use.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/auxv.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#define CACHE_BELOW_HOME "/.cache/memo"
static int is_privileged(void) { return getauxval(AT_SECURE) != 0; }
static int stat_self(struct stat *st) { return stat("/proc/self/exe", st); }
#else
#include <mach-o/dyld.h>
#define CACHE_BELOW_HOME "/Library/Caches/memo"
#define st_mtim st_mtimespec
#define st_ctim st_ctimespec
static int is_privileged(void) { return issetugid(); }
static int stat_self(struct stat *st) {
	char path[PATH_MAX];
	uint32_t size = sizeof path;
	return _NSGetExecutablePath(path, &size) == 0 ? stat(path, st) : -1;
}
#endif
#include "hash.h"
#include "testclock.h"

/* Other C libraries, musl among them, pass constructors no arguments. */
#if defined(__APPLE__) || (defined(__GLIBC__) && !defined(__UCLIBC__))
int memo_recall_compiled(void) { return 1; }
static uid_t user; /* the effective one, asked for once */
#define MAGIC "memo.q3\n"

enum {
	MAX_FILE = 4 << 20,      /* bytes of a file of records, as in table.go */
	MAX_RECORDS = 8,         /* in a file, as in table.go */
	MAX_JOURNAL = 1 << 20,   /* bytes above which Go folds it */
	MAX_MATCHES = 256,       /* variables that one prefix matches */
	SENDFILE_MIN = 16 << 10, /* bytes below which copying is as fast */
	PIPE_SIZE = 1 << 20,     /* bytes that fit into a pipe at most */
	HEADER_SIZE = 8 + 4,     /* magic, size of the record */
	CHUNK_SIZE = 1 + 8 + 8,  /* stream, offset, length */
	STAT_SIZE = 6 * 8, EVENT_SIZE = 80, EXIT_TROUBLE = 125,
	MIN_FILES = 32,          /* open at once, as in cmd/exec.go */
};

/* What a record is compared with. */
struct scene {
	int argc;
	char **argv, **env, cwd[PATH_MAX];
	int64_t now; /* nanoseconds since the epoch */
	struct stat self;
	int dir; /* the format directory of the store */
	uint8_t key[DIGEST_SIZE];
};

/* What a record that holds says to do. */
struct answer {
	const uint8_t *record;
	const uint8_t *event; /* key, id and elapsed as the journal has them */
	int is_stale;
	uint32_t why_stale; /* a code for the journal */
	const char *lock, *backoff; /* of runs and failed refreshes, by their names in the store */
	const uint8_t *chunks;
	uint32_t count;
	int file; /* that the chunks lie in; -1: in the record */
	int code;
};

/* A cursor in a record. After a read beyond the end or an invalid value it stays
 * bad and returns only zeros. */
struct cursor {
	const uint8_t *at, *end;
	int bad;
};

static const uint8_t *take(struct cursor *c, size_t n) {
	if (n > (size_t)(c->end - c->at))
		c->bad = 1;
	if (c->bad)
		return NULL;
	c->at += n;
	return c->at - n;
}

static uint32_t take8(struct cursor *c) { const uint8_t *p = take(c, 1); return p ? *p : 0; }
static uint32_t take32(struct cursor *c) { const uint8_t *p = take(c, 4); return p ? le32(p) : 0; }
static uint64_t take64(struct cursor *c) { const uint8_t *p = take(c, 8); return p ? le64(p) : 0; }

/* Takes a string, whose only NUL is the one that ends it; "" if it is bad. */
static const char *take_string(struct cursor *c, size_t *len) {
	uint32_t n = take32(c);
	const uint8_t *p = take(c, n), *nul = take(c, 1);
	if (!p || !nul || memchr(p, 0, (size_t)n + 1) != nul)
		c->bad = 1;
	return *len = c->bad ? 0 : n, c->bad ? "" : (const char *)p;
}

static int nanoseconds(struct timespec t, int64_t *ns) {
	return !__builtin_mul_overflow((int64_t)t.tv_sec, (int64_t)1000000000, ns) &&
	       !__builtin_add_overflow(*ns, (int64_t)t.tv_nsec, ns);
}

/* Reports whether a recorded stat equals st. Times beyond 64 bits of nanoseconds
 * are never equal. */
static int is_stat(const uint8_t *p, const struct stat *st) {
	int64_t mtime, ctime;
	return p && nanoseconds(st->st_mtim, &mtime) && nanoseconds(st->st_ctim, &ctime) &&
	       le64(p) == (uint64_t)st->st_dev && le64(p + 8) == (uint64_t)st->st_ino &&
	       le64(p + 16) == (uint64_t)st->st_mode && le64(p + 24) == (uint64_t)st->st_size &&
	       le64(p + 32) == (uint64_t)mtime && le64(p + 40) == (uint64_t)ctime;
}

/* Reports whether only this user can have written the file. */
static int is_own(const struct stat *st, mode_t type) {
	return (st->st_mode & S_IFMT) == type && st->st_uid == user && !(st->st_mode & 022);
}

/* Opens a file of the store; -1 unless it has the type and only this user can
 * write to it. */
static int open_own(int dir, const char *name, int flags, mode_t type, struct stat *st) {
	int fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || (fstat(fd, st) == 0 && is_own(st, type)))
		return fd;
	close(fd);
	return -1;
}

/* Reads up to n bytes; fewer at the end of the file or after an error. */
static size_t read_up_to(int fd, uint8_t *p, size_t n) {
	size_t done = 0;
	for (ssize_t m = 1; done < n && (m > 0 || (m < 0 && errno == EINTR)); done += m > 0 ? (size_t)m : 0)
		m = read(fd, p + done, n - done);
	return done;
}

/* The parts of a record, in their order: each function takes its part and
 * reports whether it holds. */

static int invocation_holds(struct cursor *c, const struct scene *s) {
	size_t n;
	if (take32(c) != (uint32_t)s->argc)
		return 0;
	for (int i = 0; i < s->argc; i++)
		if (strcmp(take_string(c, &n), s->argv[i]) != 0)
			return 0;
	return strcmp(take_string(c, &n), s->cwd) == 0 && !c->bad;
}

static int variables_hold(struct cursor *c, const struct scene *s) {
	for (uint32_t left = take32(c); left > 0; left--) {
		size_t n;
		const char *name = take_string(c, &n), *value = NULL;
		uint32_t is_set = take8(c);
		const uint8_t *want = take(c, DIGEST_SIZE);
		if (c->bad)
			return 0;
		for (char **e = s->env; *e; e++) {
			if (**e != *name || strncmp(*e, name, n) != 0 || (*e)[n] != '=')
				continue;
			if (value)
				return 0; /* a duplicate, which Go handles */
			value = *e + n + 1;
		}
		if (is_set ? !value || !is_digest(siphash(s->key, value, strlen(value)), want) : value != NULL)
			return 0;
	}
	return !c->bad;
}

static int prefixes_hold(struct cursor *c, const struct scene *s) {
	const char *seen[MAX_MATCHES], *equals;
	for (uint32_t left = take32(c); left > 0; left--) {
		size_t n;
		const char *prefix = take_string(c, &n);
		uint32_t want_count = take32(c), count = 0;
		const uint8_t *want = take(c, DIGEST_SIZE);
		digest sum = {0, 0};
		if (c->bad)
			return 0;
		for (char **e = s->env; *e; e++) {
			if (strncmp(*e, prefix, n) != 0 || !(equals = strchr(*e + n, '=')))
				continue;
			for (uint32_t i = 0; i < count; i++)
				if (strncmp(seen[i], *e, (size_t)(equals - *e) + 1) == 0)
					return 0; /* a duplicate */
			if (count == MAX_MATCHES)
				return 0;
			seen[count++] = *e;
			digest d = siphash(s->key, *e, strlen(*e));
			sum.a += d.a, sum.b += d.b;
		}
		if (count != want_count || !is_digest(sum, want))
			return 0;
	}
	return !c->bad;
}

/* Files and directories of the store by their names in it. The last one is the
 * result, which has the output if that is not inline. */
static int store_holds(struct cursor *c, const struct scene *s, struct answer *a) {
	uint32_t is_inline = take8(c);
	for (uint32_t left = take32(c); left > 0; left--) {
		size_t n;
		const uint8_t *want = take(c, STAT_SIZE);
		const char *name = take_string(c, &n);
		struct stat st;
		if (c->bad || *name == '/')
			return 0;
		int found = left == 1 && !is_inline
		                ? (a->file = open_own(s->dir, name, O_RDONLY, S_IFREG, &st)) >= 0
		                : fstatat(s->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && is_own(&st, st.st_mode & S_IFMT);
		if (!found || !is_stat(want, &st))
			return 0;
	}
	return !c->bad && (is_inline || a->file >= 0);
}

static int paths_hold(struct cursor *c) {
	enum { FOLLOW = 1, ABSENT = 2, MAY_READ = 4, MAY_EXECUTE = 8, MAY_NOT_EXECUTE = 16 };
	for (uint32_t left = take32(c); left > 0; left--) {
		size_t n;
		uint32_t flags = take8(c);
		const uint8_t *want = flags & ABSENT ? NULL : take(c, STAT_SIZE);
		const char *path = take_string(c, &n);
		struct stat st;
		if (c->bad || *path != '/')
			return 0;
		int found = (flags & FOLLOW ? stat(path, &st) : lstat(path, &st)) == 0;
		if (found ? !is_stat(want, &st) : want || (errno != ENOENT && errno != ENOTDIR))
			return 0;
		int mode = (flags & MAY_READ ? R_OK : 0) | (flags & MAY_EXECUTE ? X_OK : 0);
		if ((mode && faccessat(AT_FDCWD, path, mode, AT_EACCESS) != 0) ||
		    (flags & MAY_NOT_EXECUTE && faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0))
			return 0;
	}
	return !c->bad;
}

/* The names of what says that a stale hit needs no refresh now. */
static int names_hold(struct cursor *c, struct answer *a) {
	size_t n;
	a->lock = take_string(c, &n), a->backoff = take_string(c, &n);
	return !c->bad && *a->lock != '/' && *a->backoff != '/';
}

/* The list of chunks. They lie in a space of that many bytes. */
static int chunks_hold(struct cursor *c, uint64_t space, struct answer *a) {
	a->count = take32(c);
	a->chunks = c->at;
	for (uint32_t i = 0; i < a->count; i++) {
		uint32_t stream = take8(c);
		uint64_t off = take64(c), len = take64(c);
		if (c->bad || (stream != 1 && stream != 2) || off > space || len > space - off)
			return 0;
	}
	return !c->bad;
}

/* Reports whether a record of size bytes holds, and what it says to do: the
 * cheap parts first, then the checksum, which is its end, then what needs
 * system calls. If it fails a->file may be open. */
static int holds(const struct scene *s, const uint8_t *record, size_t size, struct answer *a) {
	struct cursor c = {record + HEADER_SIZE, record + size - DIGEST_SIZE, 0};
	int64_t not_before = (int64_t)take64(&c), fresh_until = (int64_t)take64(&c), stale_until = (int64_t)take64(&c);
	const uint8_t *self = take(&c, STAT_SIZE);
	uint32_t euid = take32(&c), egid = take32(&c), code = take32(&c), why_stale = take32(&c);
	struct stat st;

	*a = (struct answer){.record = record, .event = take(&c, 32 + 8 + 8), .why_stale = why_stale, .file = -1, .code = (int)code};
	a->is_stale = s->now >= fresh_until;
	return !c.bad && code <= 255 && s->now >= not_before && s->now < (a->is_stale ? stale_until : fresh_until) && is_stat(self, &s->self) &&
	       euid == user && egid == getegid() && invocation_holds(&c, s) && variables_hold(&c, s) &&
	       prefixes_hold(&c, s) && is_digest(siphash(s->key, record, size - DIGEST_SIZE), c.end) &&
	       store_holds(&c, s, a) && paths_hold(&c) && names_hold(&c, a) && (a->file < 0 || fstat(a->file, &st) == 0) &&
	       chunks_hold(&c, a->file < 0 ? size - DIGEST_SIZE : (uint64_t)st.st_size, a);
}

/* The signals that accompany write errors, with their former dispositions. They
 * are ignored while memo writes, so that one failed write does not end the
 * process. */
static const struct { int signal, error; } raised[2] = {{SIGPIPE, EPIPE}, {SIGXFSZ, EFBIG}};
static struct sigaction before[2];
static const struct sigaction ignore[2] = {{.sa_handler = SIG_IGN}, {.sa_handler = SIG_IGN}};

static void set_raised(const struct sigaction to[2], struct sigaction from[2]) {
	for (int i = 0; i < 2; i++)
		sigaction(raised[i].signal, &to[i], from ? &from[i] : NULL);
}

/* Appends the hit to the journal; store/journal.go has the layout. */
static int note_hit(const struct scene *s, const struct answer *a) {
	uint8_t event[EVENT_SIZE + 4] = "mjr1\1"; /* a hit */
	struct stat st;
	int fd = open_own(s->dir, "journal", O_WRONLY | O_APPEND, S_IFREG, &st);
	if (a->is_stale)
		event[4] = 2, event[6] = (uint8_t)a->why_stale; /* a stale hit */
	put64(event + 8, (uint64_t)s->now);
	memcpy(event + 16, a->event, 32 + 8 + 8);
	put64(event + EVENT_SIZE - 4, crc32(event, EVENT_SIZE - 4));
	int noted = fd >= 0 && st.st_size <= MAX_JOURNAL && write(fd, event, EVENT_SIZE) == EVENT_SIZE;
	close(fd); /* -1 does no harm */
	return noted;
}

static int is_absent(int dir, const char *name) {
	struct stat st;
	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* What a stale hit needs: nothing while a run is under way. Go decides about
 * the lock of a dead leader, and after a failed refresh; one that is running
 * counts as failed until it ends. */
enum need { REFRESH, NOTHING, DECISION };

static enum need needs(const struct scene *s, const struct answer *a) {
	struct stat st;
	if (!a->is_stale)
		return NOTHING;
	if (is_absent(s->dir, a->lock))
		return is_absent(s->dir, a->backoff) ? REFRESH : DECISION;
	int fd = open_own(s->dir, a->lock, O_RDONLY, S_IFREG, &st);
	int is_led = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	close(fd); /* -1 does no harm */
	return is_led ? NOTHING : DECISION;
}

static int is_refresher;
int memo_recall_is_refresher(void) { return is_refresher; }

/* Starts the refresher as package refresh does: without a terminal, standard
 * streams or descriptors of the caller. Returns 1 in that process, which goes on
 * into Go, and 0 in the caller. If it can't be started, the next call tries. */
static int start_refresher(void) {
	if (fork() != 0)
		return 0;
	int null = open("/dev/null", O_RDWR);
	if (setsid() < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
		_exit(EXIT_TROUBLE);
#ifdef SYS_close_range
	if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0)
		return is_refresher = 1;
#endif
	for (int fd = getdtablesize(); fd > 2; fd--)
		close(fd);
	return is_refresher = 1;
}

/* Says after a failed write whether to try again: 0, or the error. */
static int write_error(int fd) {
	struct pollfd p = {fd, POLLOUT, 0};
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return errno == EINTR ? 0 : errno;
	poll(&p, 1, -1); /* its error shows in the next write */
	return 0;
}

/* Writes all of p as cat would; returns 0 or the error. */
static int write_all(int fd, const uint8_t *p, size_t n) {
	for (int err; n > 0;) {
		ssize_t m = write(fd, p, n);
		if (m >= 0)
			p += m, n -= (size_t)m;
		else if ((err = write_error(fd)))
			return err;
	}
	return 0;
}

/* Copies n bytes of a file from an offset; returns 0, the error of writing, or
 * -1 if the file is shorter than it was. */
static int copy(int fd, int file, off_t off, uint64_t n) {
	static uint8_t buffer[64 << 10];
	int err = 0;
#ifdef __linux__
	int room = n > PIPE_SIZE ? fcntl(fd, F_GETPIPE_SZ) : -1;
	if (room > 0 && room < PIPE_SIZE)
		fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE); /* a fourth of the time, if it may be */
	for (int can = n >= SENDFILE_MIN; can && n > 0 && !err;) {
		ssize_t m = sendfile(fd, file, &off, n < 1 << 30 ? (size_t)n : 1 << 30);
		if (m > 0)
			n -= (uint64_t)m;
		else if (m == 0 || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP || errno == EOVERFLOW)
			can = 0; /* not for this pair of files: an appending output, for one */
		else
			err = write_error(fd);
	}
#endif
	while (n > 0 && !err) {
		ssize_t m = pread(file, buffer, n < sizeof buffer ? (size_t)n : sizeof buffer, off);
		if (m > 0)
			err = write_all(fd, buffer, (size_t)m), off += m, n -= (uint64_t)m;
		else if (m == 0 || errno != EINTR)
			return -1;
	}
	return err;
}

/* Ends the process after an error (-1: the result's file is too short) as Go
 * does: by the signal, or with a text that begins with a small letter. */
_Noreturn static void fail(const char *what, int err) {
	const char *why = err < 0 ? "unexpected EOF" : strerror(err);
	int is_word = why[0] >= 'A' && why[0] <= 'Z' && !(why[1] >= 'A' && why[1] <= 'Z');
	for (int i = 0; i < 2; i++) {
		if (err != raised[i].error || before[i].sa_handler == SIG_IGN)
			continue;
		setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
		signal(raised[i].signal, SIG_DFL);
		raise(raised[i].signal);
		_exit(128 + raised[i].signal); /* the signal is blocked */
	}
	signal(SIGPIPE, before[0].sa_handler); /* kills Go, too, if the reader of the line has left */
	dprintf(STDERR_FILENO, "memo: %s%c%s\n", what, is_word ? why[0] - 'A' + 'a' : why[0], why + 1);
	_exit(EXIT_TROUBLE);
}

/* Writes the output and ends the process, unless Go has to decide, the hit
 * can't be noted, or this is the refresher now. A stream that fails does not
 * keep the other one from being written. */
static void serve(const struct scene *s, const struct answer *a) {
	int failed[2] = {0, 0}, cut = 0;
	enum need need = needs(s, a);
	if (need == DECISION)
		return;
	set_raised(ignore, before);
	if (!note_hit(s, a) || (need == REFRESH && start_refresher())) {
		set_raised(before, NULL);
		return;
	}
	for (const uint8_t *p = a->chunks; p < a->chunks + (size_t)a->count * CHUNK_SIZE && !cut; p += CHUNK_SIZE) {
		int fd = p[0], *err = &failed[fd - 1];
		uint64_t off = le64(p + 1), len = le64(p + 9);
		if (!*err)
			*err = a->file < 0 ? write_all(fd, a->record + off, (size_t)len) : copy(fd, a->file, (off_t)off, len);
		cut = *err < 0;
	}
	for (int i = 0; i < 2; i++)
		if (failed[i] > 0)
			fail(i ? "write stderr: " : "write stdout: ", failed[i]);
	if (cut)
		fail("", -1);
	_exit(a->code);
}

static const char *lookup(char **env, const char *name) {
	for (size_t n = strlen(name); *env; env++)
		if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
			return *env + n + 1;
	return NULL;
}

/* Reports whether this invocation may have a record, by checks that cost next
 * to nothing. */
static int may_be_recorded(int argc, char **argv, char **env) {
	if (argc < 3 || !argv || !env || !argv[0] || !argv[1] || !argv[argc - 1] || strcmp(argv[1], "run") != 0)
		return 0;
	const char *recall = lookup(env, "MEMO_RECALL");
	if ((recall && strcmp(recall, "1") != 0) || lookup(env, "MEMO_DISABLE") || lookup(env, "MEMO_CONTEXT"))
		return 0;
	struct rlimit files; /* Go raises the soft limit to the hard one */
	return !is_privileged() && getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max >= MIN_FILES &&
	       fcntl(0, F_GETFD) >= 0 && fcntl(1, F_GETFD) >= 0 && fcntl(2, F_GETFD) >= 0;
}

/* Finds the working directory unless it was mounted over, as physical.go does. */
static int find_cwd(char path[PATH_MAX]) {
	struct stat here, there;
	return getcwd(path, PATH_MAX) && path[0] == '/' && stat(".", &here) == 0 && stat(path, &there) == 0 &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

static int read_clock(char **env, int64_t *now) {
	struct timespec t;
	return clock_gettime(CLOCK_REALTIME, &t) == 0 && nanoseconds(t, now) &&
	       shift_clock(lookup(env, "TESTING_MEMO_CLOCK"), now);
}

/* Finds the cache directory as cachePath in cmd does, if that is plain. */
static int cache_directory(char **env, char path[PATH_MAX]) {
	const char *base = lookup(env, "MEMO_CACHE_DIR"), *rest = "";
	if (!base || !*base)
		base = lookup(env, "XDG_CACHE_HOME"), rest = "/memo";
	if (!base || !*base)
		base = lookup(env, "HOME"), rest = CACHE_BELOW_HOME;
	return base && *base == '/' && snprintf(path, PATH_MAX, "%s%s", base, rest) < PATH_MAX;
}

/* Opens the store, reads the key, and returns the open file of the records of
 * this invocation; -1 if there is none. */
static int open_records(struct scene *s) {
	char path[PATH_MAX], name[PATH_MAX + 8];
	struct stat st;
	if (!cache_directory(s->env, path) || lstat(path, &st) != 0 ||
	    (S_ISLNK(st.st_mode) && (st.st_uid != user || stat(path, &st) != 0)) || !is_own(&st, S_IFDIR))
		return -1;
	snprintf(name, sizeof name, "%s/v2", path);
	s->dir = open_own(AT_FDCWD, name, O_RDONLY | O_DIRECTORY, S_IFDIR, &st);
	int table = s->dir < 0 ? -1 : open_own(s->dir, "recall", O_RDONLY | O_DIRECTORY, S_IFDIR, &st);
	int key = table < 0 ? -1 : open_own(table, "key", O_RDONLY, S_IFREG, &st), fd = -1;
	if (key >= 0 && st.st_size == DIGEST_SIZE && read_up_to(key, s->key, DIGEST_SIZE) == DIGEST_SIZE) {
		digest d = {(uint64_t)s->argc, 0};
		for (int i = 0; i < s->argc; i++)
			d = chain(s->key, d, s->argv[i]);
		d = chain(s->key, d, s->cwd);
		snprintf(name, sizeof name, "%016llx%016llx", (unsigned long long)d.a, (unsigned long long)d.b);
		fd = open_own(table, name, O_RDONLY, S_IFREG, &st);
	}
	close(key), close(table); /* -1 does no harm */
	return fd;
}

/* Serves the first record in a buffer that holds, or returns. */
static void serve_from(const struct scene *s, const uint8_t *p, size_t n) {
	for (int i = 0, found = 0; !found && i < MAX_RECORDS && n >= HEADER_SIZE && memcmp(p, MAGIC, 8) == 0; i++) {
		size_t size = le32(p + 8);
		struct answer a;
		if (size < HEADER_SIZE + DIGEST_SIZE || size > n)
			return;
		if ((found = holds(s, p, size, &a)))
			serve(s, &a);
		close(a.file); /* -1 does no harm */
		p += size, n -= size;
	}
}

__attribute__((constructor(101))) static void memo_recall(int argc, char **argv, char **env) {
	static struct scene s;
	static uint8_t records[MAX_FILE + 1]; /* only what is read takes memory */
	if (!may_be_recorded(argc, argv, env))
		return;
	s.argc = argc, s.argv = argv, s.env = env, s.dir = -1, user = geteuid();
	if (!read_clock(env, &s.now) || !find_cwd(s.cwd) || stat_self(&s.self) != 0)
		return;
	int fd = open_records(&s);
	size_t n = fd < 0 ? 0 : read_up_to(fd, records, sizeof records);
	serve_from(&s, records, n <= MAX_FILE ? n : 0);
	close(fd), close(s.dir);
}

#else
int memo_recall_compiled(void) { return 0; }
int memo_recall_is_refresher(void) { return 0; }
#endif
