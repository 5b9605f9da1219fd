package memo

import "testing"

func TestNamesDescriptor(t *testing.T) {
	for word, want := range map[string]bool{
		"/dev/fd/63":                  true,
		"/dev/fd/3":                   true,
		"/dev/fd/003":                 true,
		"!/dev/fd/63":                 true,
		"--file=/dev/fd/63":           true,
		"-f/dev/fd/63":                true,
		"a:/dev/fd/12,b":              true,
		"/dev/fd/10/x":                true,
		"/proc/self/fd/10":            true,
		"/proc/thread-self/fd/10":     true,
		"/proc/1234/fd/10":            true,
		"/proc/self/task/12/fd/10":    true,
		"/dev/fd/1:/dev/fd/9":         true,
		"/dev/fd/0":                   false,
		"/dev/fd/2":                   false,
		"/dev/fd/002":                 false,
		"/dev/fd/":                    false,
		"/dev/fd":                     false,
		"/dev/fd/3x":                  false,
		"/dev/fd/x":                   false,
		"/proc/net/fd/3":              false,
		"/home/fd/3":                  false,
		"/fd/3":                       false,
		"exec 3<x; cat /dev/fd/3":     false,
		"/usr/share/dev/notfd/fd/333": false,
	} {
		if got := namesDescriptor(word); got != want {
			t.Errorf("namesDescriptor(%q) = %v, want %v", word, got, want)
		}
	}
}
