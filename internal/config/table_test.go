package config

import (
	"reflect"
	"slices"
	"testing"

	"github.com/spf13/pflag"
)

// TestTable checks that no two settings share a name, a flag, a variable or a
// field, and that every flag has the texts that help shows.
func TestTable(t *testing.T) {
	seen := map[any]string{}
	var cfg Config
	for _, s := range Settings() {
		ids := []any{"name " + s.Name, "variable " + s.Variable(), s.Field(&cfg)}
		if s.Flag != "" {
			ids = append(ids, "flag "+s.Flag)
		}
		for _, id := range ids {
			if other, ok := seen[id]; ok {
				t.Errorf("%s and %s share %v", s.Name, other, id)
			}
			seen[id] = s.Name
		}
		if s.Flag != "" && !s.Global && (s.Usage == "" || s.Placeholder == "" && s.Kind != BoolKind) {
			t.Errorf("help has too little to say about --%s", s.Flag)
		}
		if s.Flag == "" && (s.Short != "" || s.Usage != "" || s.Placeholder != "") {
			t.Errorf("%s has no flag to tell about", s.Name)
		}
		if got, want := reflect.TypeOf(s.Field(&cfg)).Kind(), reflect.Pointer; got != want {
			t.Errorf("%s: the field is a %s", s.Name, got)
		}
	}
}

// TestNewSetting adds a row to the table and checks that the setting works in
// every source and output.
func TestNewSetting(t *testing.T) {
	shades := map[*Config]*string{} // what is a field of other settings
	row := Setting{
		Name: "wall_shade", Flag: "wall-shade", Placeholder: "SHADE",
		Usage: "what the wall is painted in", Place: Anywhere, Trust: Harmless,
		Field: func(c *Config) any {
			if shades[c] == nil {
				shades[c] = new(string)
			}
			return shades[c]
		},
	}
	b := newBench(t)
	b.table = append(b.table, row)
	flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
	b.table.AddFlags(flags)
	if f := flags.Lookup("wall-shade"); f == nil || f.Usage != row.Usage || f.Value.Type() != "SHADE" {
		t.Errorf("the flag is %+v", f)
	}
	check := func(want, origin string, words ...string) {
		t.Helper()
		cfg := b.mustLoad(append(words, "x")...)
		shown := Shown{Key: "wall_shade", Value: want, Origins: []string{origin}}
		if !slices.ContainsFunc(cfg.Show(), func(s Shown) bool { return reflect.DeepEqual(s, shown) }) || *shades[cfg] != want {
			t.Errorf("got %q, want %q from %s; shown are %v", *shades[cfg], want, origin, cfg.Show())
		}
		if !cfg.IsSet("wall_shade") || cfg.IsRecallable() {
			t.Errorf("from %s: set %v, recallable %v", origin, cfg.IsSet("wall_shade"), cfg.IsRecallable())
		}
	}
	if cfg := b.mustLoad("x"); cfg.IsSet("wall_shade") || !cfg.IsRecallable() {
		t.Errorf("without a value: set %v, recallable %v", cfg.IsSet("wall_shade"), cfg.IsRecallable())
	}
	user := b.userFile("ttl: 1m\nwall_shade: red\n")
	check("red", "user file "+user+":2")
	project := b.projectFile("rules: [{match: x, wall_shade: green}]\n")
	check("green", "project file "+project+":1")
	b.environ = append(b.environ, "MEMO_WALL_SHADE=blue")
	check("blue", "MEMO_WALL_SHADE")
	check("white", "--wall-shade", "--wall-shade", "white")
	b.table[len(b.table)-1].Recall = Recalled
	if cfg := b.mustLoad("x"); !cfg.IsRecallable() {
		t.Error("not recallable, though the row says so")
	}
	b.table[len(b.table)-1].Trust = NeedsTrust
	if _, err := b.load("x"); err == nil {
		t.Error("no trust is needed, though the row says so")
	}
}

// TestPassedTo checks which detached runs get a flag.
func TestPassedTo(t *testing.T) {
	for _, row := range []struct {
		flag            string
		always, answers bool
	}{
		{"ttl", true, true},
		{"force", false, true},
		{"max-wait", false, true},
		{"warm", false, false},
		{"report", false, false},
	} {
		s := Settings().ByFlag(row.flag)
		if got, answers := s.PassedTo(false), s.PassedTo(true); got != row.always || answers != row.answers {
			t.Errorf("--%s: %v, to one that answers %v", row.flag, got, answers)
		}
	}
	if s := Settings().ByFlag(""); s != nil {
		t.Errorf("the setting of no flag is %s", s.Name)
	}
}
