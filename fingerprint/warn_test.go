package fingerprint

import "testing"

func TestWarning(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "file", "1", "dir/x.go", "1", "dir/sub/", "", "dangling", "-> gone", "via", "-> file")
	for _, tt := range []struct {
		dep  Dependency
		want string
	}{
		{pathDep("file"), ""},
		{pathDep("dir"), ""},
		{pathDep("nothing"), "nothing does not exist"},
		{pathDep("no/thing"), "no/thing does not exist"},
		{pathDep("file/below/it"), "file/below/it does not exist, because file is a file"},
		{pathDep("via/below"), "via/below does not exist, because via is a file"},
		{pathDep(k.Dir + "/file/x"), k.Dir + "/file/x does not exist, because " + k.Dir + "/file is a file"},
		{pathDep("dangling"), "dangling is a symlink to nothing"},
		{globDep("dir/*.go"), ""},
		{globDep("**/*.go"), ""},
		{globDep("dir/sub/**"), "nothing matches dir/sub/**"},
		{globDep("dir/*.js"), "nothing matches dir/*.js"},
		{globDep("nothing/*"), "nothing matches nothing/*: nothing does not exist"},
		{globDep("file/*"), "nothing matches file/*: file is a file"},
		{globDep("file/a/*"), "nothing matches file/a/*: file/a does not exist, because file is a file"},
		{Dependency{Kind: KindGlob, Pattern: "dir/*", Excludes: []string{"dir/*"}}, "nothing matches dir/*"},
		{Dependency{Kind: KindEnv, Pattern: "X"}, ""},
		{Dependency{Kind: KindPath, Pattern: "x.go", Dir: k.Dir + "/dir"}, ""},
	} {
		if got := k.Warning(tt.dep); got != tt.want {
			t.Errorf("Warning(%q) = %q, want %q", tt.dep.Pattern, got, tt.want)
		}
	}
}
