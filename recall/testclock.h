/* What stands here is not part of a binary that was not built for tests. */
#ifdef MEMO_TEST_CLOCK
#include <stdlib.h>

/* The clock of a binary that was built for tests: TESTING_MEMO_CLOCK, a
 * duration as Go's time.ParseDuration reads it, is added to *now. */
static int shift_clock(const char *p, int64_t *now) {
	static const struct { const char *name; double ns; } units[] = {
		{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"h", 3600e9}, {"m", 60e9}, {"s", 1e9},
	};
	double total = 0, sign = p && *p == '-' ? -1 : 1;

	if (p && (*p == '-' || *p == '+'))
		p++;
	while (p && *p && strcmp(p, "0") != 0) {
		char *end;
		double n = strtod(p, &end);
		size_t i = 0, count = sizeof units / sizeof *units;
		while (i < count && strncmp(end, units[i].name, strlen(units[i].name)) != 0)
			i++;
		if (end == p || i == count)
			return 0;
		total += n * units[i].ns;
		p = end + strlen(units[i].name);
	}
	return total < 9e18 && !__builtin_add_overflow(*now, (int64_t)(sign * total), now);
}
#else
#define shift_clock(text, now) ((void)(text), 1)
#endif
