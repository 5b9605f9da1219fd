//go:build cgo && (linux || darwin)

/*
 * Prepares the start of the Go runtime, when recall.c has served nothing. This
 * is a file of its own because it is about the runtime and not about records.
 *
 * Some variables speak to the runtime of the command, not to memo's: they are
 * hidden by another first letter, and environ.go takes them back. Where the
 * runtime is known not to start, the command is run without memo.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__APPLE__) || (defined(__GLIBC__) && !defined(__UCLIBC__))
int memo_recall_is_refresher(void);

enum {
	/* MiB of address space. Go 1.26 with cgo fails below 830 MiB, and at some
	 * limits up to 1300 MiB, where its reservations don't fit between others. */
	MIN_SPACE = 1536,
	MIN_TASKS = 16, /* threads of the runtime, of C and of the command */
	HIDDEN = 1,     /* the first letter of a hidden variable, as in environ.go */
};

static int has_prefix(const char *s, const char *prefix) { return strncmp(s, prefix, strlen(prefix)) == 0; }

static const char *value_of(char **env, const char *name_equals) {
	for (; *env; env++)
		if (has_prefix(*env, name_equals))
			return *env + strlen(name_equals);
	return NULL;
}

/* Reports whether a flag stands before the command. */
static int has_flag(char **argv, int command, const char *name, const char *letter) {
	for (int i = 2; i < command; i++)
		if (strcmp(argv[i], name) == 0 || strcmp(argv[i], letter) == 0)
			return 1;
	return 0;
}

/* Returns where the command of `memo run` begins; argc if only Go can tell. */
static int find_command(int argc, char **argv) {
	if (argv[2][0] != '-')
		return 2;
	for (int i = 2; i < argc - 1; i++)
		if (strcmp(argv[i], "--") == 0)
			return i + 1;
	return argc;
}

/* Runs the command in the place of this process, as MEMO_DISABLE does. */
_Noreturn static void run_uncached(int argc, char **argv, char **env, const char *why, long least, const char *limit) {
	int command = find_command(argc, argv);
	if (memo_recall_is_refresher())
		_exit(0);
	if (command == argc) {
		dprintf(STDERR_FILENO, "memo: fewer than %ld %s are allowed (%s); write `--` before the command to run it without the cache\n",
		        least, why, limit);
		_exit(125);
	}
	if (!value_of(env, "MEMO_DISABLE=")) {
		if (has_flag(argv, command, "--only-cached", "--only-cached"))
			_exit(75);
		if (has_flag(argv, command, "--warm", "--warm"))
			_exit(0);
		if (!has_flag(argv, command, "--quiet", "-q"))
			dprintf(STDERR_FILENO, "memo: fewer than %ld %s are allowed (%s); running without the cache\n", least, why, limit);
	}
	if (has_flag(argv, command, "--shell", "-c")) {
		static char shell[] = "/bin/sh", option[] = "-c";
		argv[command - 2] = shell, argv[command - 1] = option, command -= 2;
	}
	execvp(argv[command], argv + command);
	if (errno == ENOENT && !strchr(argv[command], '/'))
		dprintf(STDERR_FILENO, "memo: %s: command not found\n", argv[command]);
	else
		dprintf(STDERR_FILENO, "memo: %s: %s\n", argv[command], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static int is_below(int resource, rlim_t least) {
	struct rlimit limit;
	return getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < least;
}

__attribute__((constructor(102))) static void memo_prepare_start(int argc, char **argv, char **env) {
	static const char *const runtime[] = {"GODEBUG=", "GOGC=", "GOMAXPROCS=", "GOMEMLIMIT=", "GOTRACEBACK="};
	if (!argv || !env)
		return;
	if (argc > 2 && argv[1] && argv[2] && strcmp(argv[1], "run") == 0) {
		if (is_below(RLIMIT_AS, (rlim_t)MIN_SPACE << 20))
			run_uncached(argc, argv, env, "MiB of address space", MIN_SPACE, "ulimit -v");
		if (geteuid() != 0 && is_below(RLIMIT_NPROC, MIN_TASKS)) /* root is exempt */
			run_uncached(argc, argv, env, "processes", MIN_TASKS, "ulimit -u");
	}
	for (; *env; env++)
		for (size_t i = 0; i < sizeof runtime / sizeof *runtime; i++)
			if (has_prefix(*env, runtime[i]))
				**env = HIDDEN;
}
#endif
