/* Drives recall.c from a test.
 *
 * The constructor runs before main, as it does in memo. If it returns, main
 * prints "go" and exits with 3, or as a refresher adds a line about itself to the
 * file that REFRESHER names. `driver parse STORE DIR ARG...` reads records
 * on stdin, each preceded by its length (32 bits, little-endian), compares
 * them with an invocation ARG... in DIR, and prints a line for each: "holds
 * BYTES" with the sum of the bytes of inline output, or "no". */
#define _GNU_SOURCE
#include <stdlib.h>
#include "../recall.c"

/* Adds a line: the descriptors that are open from 0 to 255, whether this is the
 * leader of a session, what SIGPIPE does. */
static int refresh(const char *path) {
	int open_files = 0;
	struct sigaction pipe;
	for (int fd = 0; fd < 256; fd++)
		open_files += fcntl(fd, F_GETFD) >= 0;
	sigaction(SIGPIPE, NULL, &pipe);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dprintf(fd, "files %d leader %d pipe %s\n", open_files, getsid(0) == getpid(),
	        pipe.sa_handler == SIG_DFL ? "default" : "other");
	return fd < 0;
}

static void parse(struct scene *s) {
	uint8_t size[4];
	while (read_up_to(0, size, sizeof size) == sizeof size) {
		size_t n = le32(size);
		uint8_t *p = malloc(n ? n : 1); /* of its very size, for ASan */
		if (read_up_to(0, p, n) != n)
			exit(1);
		serve_from(s, p, n); /* without a journal it serves nothing */
		struct answer a = {.file = -1};
		if (n < HEADER_SIZE + DIGEST_SIZE || memcmp(p, MAGIC, 8) != 0 || le32(p + 8) != n || !holds(s, p, n, &a)) {
			puts("no");
		} else {
			uint64_t sum = 0;
			for (uint32_t i = 0; i < a.count && a.file < 0; i++) {
				const uint8_t *chunk = a.chunks + (size_t)i * CHUNK_SIZE;
				for (uint64_t k = 0; k < le64(chunk + 9); k++)
					sum += p[le64(chunk + 1) + k];
			}
			printf("holds %llu\n", (unsigned long long)sum);
		}
		if (a.file >= 0)
			close(a.file);
		free(p);
	}
}

int main(int argc, char **argv, char **env) {
	static struct scene s;
	if (memo_recall_is_refresher())
		return refresh(getenv("REFRESHER"));
	if (argc < 4 || strcmp(argv[1], "parse") != 0) {
		puts("go");
		return 3;
	}
	s.argc = argc - 4, s.argv = argv + 4, s.env = env, s.now = 1000, user = geteuid();
	snprintf(s.cwd, sizeof s.cwd, "%s", argv[3]);
	s.dir = open(argv[2], O_RDONLY | O_DIRECTORY);
	int key = openat(s.dir, "recall/key", O_RDONLY);
	if (s.dir < 0 || key < 0 || read_up_to(key, s.key, sizeof s.key) != sizeof s.key)
		return 1;
	parse(&s);
	return 0;
}
