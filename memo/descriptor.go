package memo

import "strings"

// descriptorWord returns an argument or dependency of the command that names a
// descriptor of this process, or "". Such a word means nothing outside this
// call.
func (c *Command) descriptorWord() string {
	for _, words := range [2][]string{c.Argv, c.Deps} {
		for _, word := range words {
			if namesDescriptor(word) {
				return word
			}
		}
	}
	return ""
}

// namesDescriptor reports whether a word is or ends in the path of a descriptor
// above 2, as `<(...)` and `--file=<(...)` do in a shell. A word with blanks is
// taken for a script, which may open descriptors of its own.
func namesDescriptor(word string) bool {
	if strings.ContainsAny(word, " \t\n") {
		return false
	}
	for before, rest := "", word; ; {
		head, after, found := strings.Cut(rest, "/fd/")
		if !found {
			return false
		}
		before, rest = before+head, after
		number := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		end := rest[len(number):]
		n := strings.TrimLeft(number, "0")
		if (len(n) > 1 || n > "2") && (end == "" || strings.Contains("/:,", end[:1])) && holdsDescriptors(before) {
			return true
		}
		before += "/fd/"
	}
}

// holdsDescriptors reports whether a path ends in a directory whose
// subdirectory fd lists descriptors: /dev, or one of a process in /proc.
func holdsDescriptors(path string) bool {
	if strings.HasSuffix(path, "/dev") {
		return true
	}
	i := strings.LastIndex(path, "/proc/")
	if i < 0 {
		return false
	}
	process, rest, _ := strings.Cut(path[i+len("/proc/"):], "/")
	if process != "self" && process != "thread-self" && strings.Trim(process, "0123456789") != "" {
		return false
	}
	return rest == "" || strings.HasPrefix(rest, "task/")
}
