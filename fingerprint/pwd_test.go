package fingerprint

import (
	"slices"
	"testing"
)

func TestDirName(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "real/", "", "other/", "", "link", "-> real")
	real := k.Dir + "/real"
	for pwd, want := range map[string]string{
		real:               "",
		k.Dir + "/link":    k.Dir + "/link",
		k.Dir + "/link/":   k.Dir + "/link/",
		k.Dir + "/other":   "",
		k.Dir + "/gone":    "",
		"link":             "",
		".":                "",
		"":                 "",
		real + "/../link/": real + "/../link/",
	} {
		w := NewWorld([]string{"PWD=" + pwd}, real)
		if got := w.DirName(); got != want {
			t.Errorf("PWD=%q: DirName() = %q, want %q", pwd, got, want)
		}
		c := w.Consulted()
		if !slices.Equal(c.Names, []string{"PWD"}) || want != "" && len(c.Paths) != 2 {
			t.Errorf("PWD=%q: consulted %+v, want PWD and where it leads", pwd, c)
		}
	}
	id := Identity{Argv: []string{"pwd"}, Dir: real}
	named := id
	named.DirName = k.Dir + "/link"
	if id.Key() == named.Key() || id.Group() != named.Group() {
		t.Error("want another key of the same group for another name of the directory")
	}
}
