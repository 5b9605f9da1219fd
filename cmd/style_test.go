package cmd

import (
	"bytes"
	"testing"
)

func TestColor(t *testing.T) {
	const plain, green = "x", "\x1b[32mx\x1b[0m"
	rows := []struct {
		color   string
		environ []string
		want    string
	}{
		{"auto", nil, plain}, // a buffer is no terminal
		{"never", nil, plain},
		{"always", nil, green},
		{"always", []string{"NO_COLOR=1", "TERM=dumb"}, green},
		{"auto", []string{"CLICOLOR_FORCE=1"}, plain},
	}
	for _, row := range rows {
		b := newBench(t)
		b.environ = append(b.environ, row.environ...)
		app := b.app("")
		app.color = row.color
		if got := app.newStyle(&bytes.Buffer{}).Good.Render("x"); got != row.want {
			t.Errorf("--color %s, %q: got %q, want %q", row.color, row.environ, got, row.want)
		}
	}
}

func TestBar(t *testing.T) {
	s := newBench(t).app("").newStyle(&bytes.Buffer{})
	for share, want := range map[float64]string{
		-1: "    ", 0: "    ", 0.5: "██  ", 0.53125: "██▏ ", 1: "████", 7: "████",
	} {
		if got := s.bar(share, 4); got != want {
			t.Errorf("bar(%v) = %q, want %q", share, got, want)
		}
	}
}

func TestSparkline(t *testing.T) {
	s := newBench(t).app("").newStyle(&bytes.Buffer{})
	if got, want := s.sparkline([]int64{0, 1, 50, 100, -5}), "▁▁▅█▁"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.sparkline([]int64{0, 0}); got != "▁▁" {
		t.Errorf("nothing: got %q", got)
	}
}

func TestTable(t *testing.T) {
	got := table([][]string{{"a", "1", "x"}, {"日本", "22", "yy"}})
	if want := "a     1   x\n日本  22  yy\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
