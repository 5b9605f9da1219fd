package config

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// A bench is the surroundings of one test: a home, a project and an
// environment.
type bench struct {
	*testing.T
	home, project string
	environ       []string
	table         Table
}

func newBench(t *testing.T) *bench {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, table: Settings(), home: filepath.Join(root, "home"), project: filepath.Join(root, "project")}
	b.environ = []string{"HOME=" + b.home, "USERPROFILE=" + b.home}
	for _, dir := range []string{b.home, b.project} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// sources returns the sources of a call in a directory below the project.
func (b *bench) sources(below string, flags *pflag.FlagSet) *Sources {
	b.Helper()
	dir := filepath.Join(b.project, below)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	return &Sources{Table: b.table, World: fingerprint.NewWorld(b.environ, dir), Flags: flags}
}

func (b *bench) write(path, text string) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) userFile(text string) string {
	b.Helper()
	path := filepath.Join(b.home, ".config", "memo", "config.yaml")
	b.write(path, text)
	return path
}

func (b *bench) projectFile(text string) string {
	b.Helper()
	path := filepath.Join(b.project, ProjectName)
	b.write(path, text)
	return path
}

// load is [Load] for the arguments of `memo run`.
func (b *bench) load(words ...string) (*Config, error) {
	b.Helper()
	flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
	flags.SetInterspersed(false)
	b.table.AddFlags(flags)
	if err := flags.Parse(words); err != nil {
		b.Fatal(err)
	}
	return Load(b.sources("below", flags), flags.Args())
}

func (b *bench) mustLoad(words ...string) *Config {
	b.Helper()
	cfg, err := b.load(words...)
	if err != nil {
		b.Fatal(err)
	}
	return cfg
}

// trust makes the project file trusted.
func (b *bench) trust() {
	b.Helper()
	src := b.sources("", nil)
	path, content, err := FindProject(src.World)
	if err == nil {
		err = src.Trust(path, content)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) origins(cfg *Config, key string) []string {
	b.Helper()
	var origins []string
	for _, it := range cfg.values[key].items {
		origins = append(origins, it.origin)
	}
	return origins
}

func TestDefaults(t *testing.T) {
	cfg := newBench(t).mustLoad("true")
	cfg.table, cfg.values = nil, nil
	want := &Config{
		Policy: memo.Policy{
			DefaultTTL:   memo.DefaultTTL,
			CacheExit:    []int{0},
			RetryBackoff: time.Second,
			MaxOutput:    memo.DefaultMaxOutput,
		},
		Bounds: store.Bounds{MaxSize: 1 << 30, MaxResults: 100_000, Policy: "lru"},
		KeyEnv: fingerprint.DefaultKeyEnv(),
	}
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("got  %+v\nwant %+v", cfg, want)
	}
}

func TestPrecedence(t *testing.T) {
	b := newBench(t)
	user := b.userFile("ttl: 40m\n")
	if cfg := b.mustLoad("x"); cfg.Policy.TTL != expiry.For(40*time.Minute) {
		t.Errorf("user file: %v", cfg.Policy.TTL)
	}
	project := b.projectFile("# shorter\nttl: 30m\n")
	cfg := b.mustLoad("x")
	if got, want := b.origins(cfg, "ttl"), []string{"project file " + project + ":2"}; cfg.Policy.TTL != expiry.For(30*time.Minute) || !slices.Equal(got, want) {
		t.Errorf("project file: %v from %q, want from %q", cfg.Policy.TTL, got, want)
	}
	b.environ = append(b.environ, "MEMO_TTL=20m")
	if cfg := b.mustLoad("x"); cfg.Policy.TTL != expiry.For(20*time.Minute) || b.origins(cfg, "ttl")[0] != "MEMO_TTL" {
		t.Errorf("environment: %v from %q", cfg.Policy.TTL, b.origins(cfg, "ttl"))
	}
	if cfg := b.mustLoad("-t", "10m", "x"); cfg.Policy.TTL != expiry.For(10*time.Minute) || b.origins(cfg, "ttl")[0] != "--ttl" {
		t.Errorf("flag: %v from %q", cfg.Policy.TTL, b.origins(cfg, "ttl"))
	}
	other := filepath.Join(b.home, "other.yaml")
	b.write(other, "swr: 7m\n")
	b.environ = append(b.environ, "MEMO_CONFIG="+other, "XDG_CONFIG_HOME=relative")
	if cfg := b.mustLoad("x"); cfg.Policy.SWR != 7*time.Minute {
		t.Errorf("MEMO_CONFIG: swr %v; %s should not be read", cfg.Policy.SWR, user)
	}
}

// TestListsAreReplaced checks that a set list replaces the whole built-in list.
func TestListsAreReplaced(t *testing.T) {
	for text, want := range map[string][]string{"[]": nil, "[A]": {"A"}, "[A, B, C, D, E, F]": {"A", "B", "C", "D", "E", "F"}} {
		b := newBench(t)
		b.write(filepath.Join(b.home, ".config", "memo", "config.yaml"), "key_env: "+text+"\n")
		cfg, err := Load(b.sources("", nil), nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(cfg.KeyEnv, want) {
			t.Errorf("key_env: %s: got %q, want %q", text, cfg.KeyEnv, want)
		}
	}
}

func TestListsAddUp(t *testing.T) {
	b := newBench(t)
	b.userFile("dep: [a, ~/b]\nenv: [U]\ntags: [u]\nkey_env: [LANG]\nrules: [{match: x *, tags: [r], dep: [c]}]\n")
	b.projectFile("dep: [go.mod, 'pkg/**']\nenv: ['AWS_*']\n")
	b.environ = append(b.environ, "MEMO_DEP=e1, {e2,e3}/*,,e4", "MEMO_TAG=t1,t2")
	cfg := b.mustLoad("-d", "f1,f2", "-d", "f3", "x", "y")
	want := []string{"a", b.home + "/b", "c", b.project + "/go.mod", b.project + "/pkg/**", "e1", "{e2,e3}/*", "e4", "f1,f2", "f3"}
	if !slices.Equal(cfg.Command.Deps, want) {
		t.Errorf("dep: got %q\nwant %q", cfg.Command.Deps, want)
	}
	if want := []string{"U", "AWS_*"}; !slices.Equal(cfg.Command.Env, want) {
		t.Errorf("env: got %q, want %q", cfg.Command.Env, want)
	}
	if want := []string{"u", "r", "t1", "t2"}; !slices.Equal(cfg.Command.Tags, want) {
		t.Errorf("tags: got %q, want %q", cfg.Command.Tags, want)
	}
	if want := []string{"LANG"}; !slices.Equal(cfg.KeyEnv, want) {
		t.Errorf("key_env: got %q, want %q", cfg.KeyEnv, want)
	}
	b.userFile("key_env: []\n")
	if cfg := b.mustLoad("x"); cfg.KeyEnv == nil || len(cfg.KeyEnv) != 0 {
		t.Errorf("empty key_env: got %#v, which would mean the default", cfg.KeyEnv)
	}
}

func TestEnvironment(t *testing.T) {
	b := newBench(t)
	b.environ = append(b.environ,
		"MEMO_SHELL=1", "MEMO_STDIN=true", "MEMO_FORCE=0", "MEMO_WARM=false", "MEMO_CACHE_EXIT=3, 0,3",
		"MEMO_NEGATIVE_TTL=2 days", "MEMO_MAX_SIZE=2MiB", "MEMO_MAX_RESULTS=7", "MEMO_SCOPE=", "MEMO_NO_SUCH=1")
	cfg := b.mustLoad("x")
	if !cfg.Command.Shell || !cfg.Stdin || cfg.Policy.Force || cfg.Policy.Warm || !slices.Equal(cfg.Policy.CacheExit, []int{0, 3}) ||
		cfg.Policy.NegativeTTL != 48*time.Hour || cfg.Bounds.MaxSize != 2<<20 || cfg.Bounds.MaxResults != 7 || cfg.Command.Scope != "" {
		t.Errorf("got %+v", cfg)
	}
}

// TestBadEnvironment checks that valid variables count even if others are
// invalid, because the command must start in the same way.
func TestBadEnvironment(t *testing.T) {
	b := newBench(t)
	b.environ = append(b.environ, "MEMO_SHELL=true", "MEMO_STDIN=yes", "MEMO_SWR=soon")
	cfg, err := b.load("x")
	want := `MEMO_STDIN: "yes": write true or false`
	if err == nil || err.Error() != want || !IsTolerable(err) {
		t.Errorf("got %v, want %s", err, want)
	}
	if cfg == nil || !cfg.Command.Shell || cfg.Policy.SWR != 0 {
		t.Errorf("got %+v", cfg)
	}
}

func TestBadFlags(t *testing.T) {
	rows := []struct {
		words []string
		want  string
	}{
		{[]string{"-t", "banana"}, `--ttl: expiry "banana": is not a duration; `},
		{[]string{"--swr", "10"}, `--swr: duration "10": a number needs a unit; `},
		{[]string{"--max-output", "lots"}, `--max-output: size "lots": write for example`},
		{[]string{"--max-output", "1,5GiB"}, `--max-output: size "1,5GiB": write for example`},
		{[]string{"--max-output", "0"}, `--max-output: size "0": write for example`},
		{[]string{"--max-output", "-1k"}, `--max-output: size "-1k": write for example`},
		{[]string{"--cache-exit", "0,x"}, `--cache-exit: exit codes "0,x": write numbers from 0 to 255`},
		{[]string{"--cache-exit", "256"}, `--cache-exit: exit codes "256": write numbers from 0 to 255`},
		{[]string{"-d", ""}, `--dep: dependency "": `},
		{[]string{"-d", "["}, `--dep: dependency "[": `},
		{[]string{"-d", "!a"}, `--dep: dependency "!a": nothing to exclude it from`},
		{[]string{"-e", "A=B"}, `--env: environment variable "A=B": `},
		{[]string{"--tag", ""}, `--tag: the text is empty`},
		{[]string{"--scope", "a\x00"}, `--scope: contains a NUL`},
	}
	b := newBench(t)
	b.userFile("nonsense: [") // an error in a flag takes precedence over one in a file
	for _, row := range rows {
		if row.words[0] == "-d" {
			b.userFile("")
		}
		_, err := b.load(append(row.words, "x")...)
		if err == nil || !strings.HasPrefix(err.Error(), row.want) || IsTolerable(err) {
			t.Errorf("%q: got %v, want %s", row.words, err, row.want)
		}
	}
}

func TestRules(t *testing.T) {
	b := newBench(t)
	b.userFile(`
ttl: 1m
rules:
  - {match: "kubectl *", ttl: 2m, swr: 3m}
  - {match: "kubectl get *", ttl: 4m}
  - {match: "*", env: [ALL]}
`)
	rows := []struct {
		argv     []string
		ttl, swr time.Duration
	}{
		{[]string{"ls"}, time.Minute, 0},
		{[]string{"kubectl"}, 2 * time.Minute, 3 * time.Minute},
		{[]string{"kubectl", "describe"}, 2 * time.Minute, 3 * time.Minute},
		{[]string{"kubectl", "get", "pods"}, 4 * time.Minute, 3 * time.Minute},
	}
	for _, row := range rows {
		cfg := b.mustLoad(row.argv...)
		if cfg.Policy.TTL != expiry.For(row.ttl) || cfg.Policy.SWR != row.swr || !slices.Equal(cfg.Command.Env, []string{"ALL"}) {
			t.Errorf("%q: ttl %v, swr %v, env %q", row.argv, cfg.Policy.TTL, cfg.Policy.SWR, cfg.Command.Env)
		}
	}
	if cfg, err := Load(b.sources("", nil), nil); err != nil || len(cfg.Command.Env) != 0 {
		t.Errorf("without a command: %v, %v", cfg, err)
	}
}

func TestMatchWords(t *testing.T) {
	rows := []struct {
		match string
		argv  []string
		want  bool
	}{
		{"ls", []string{"ls"}, true},
		{"ls", []string{"ls", "-l"}, false},
		{"ls *", []string{"ls"}, true},
		{"ls *", []string{"ls", "a b", ""}, true},
		{"ls * x", []string{"ls", "a", "x"}, true},
		{"ls * x", []string{"ls", "x"}, false},
		{"*/ls", []string{"/usr/bin/ls"}, true},
		{"git lo?", []string{"git", "log"}, true},
		{"git [ab]*", []string{"git", "branch", "x"}, false},
		{`a\*`, []string{"a*"}, true},
		{`a\*`, []string{"ab"}, false},
		{"*", nil, false},
	}
	for _, row := range rows {
		if got := matchWords(strings.Fields(row.match), row.argv); got != row.want {
			t.Errorf("%q matches %q: got %v, want %v", row.match, row.argv, got, row.want)
		}
	}
}

func TestScopes(t *testing.T) {
	b := newBench(t)
	b.userFile("rules: [{match: deploy, scope: ci}]\nscopes: [{name: ci, ttl: 1d}, {name: other, ttl: 2d}]\n")
	if cfg := b.mustLoad("x"); cfg.Policy.TTL.Given() {
		t.Errorf("no scope: ttl %v", cfg.Policy.TTL)
	}
	for _, words := range [][]string{{"deploy"}, {"--scope", "ci", "x"}} {
		if cfg := b.mustLoad(words...); cfg.Policy.TTL != expiry.For(24*time.Hour) {
			t.Errorf("%q: ttl %v", words, cfg.Policy.TTL)
		}
	}
}

func TestExampleConfig(t *testing.T) {
	commented := regexp.MustCompile(`(?m)^#(\S|  )`)
	text := commented.ReplaceAllString(Example, "$1")
	f, err := parseFile(Settings(), "user file", "example", []byte(text))
	if err != nil || len(f.top) < 15 || len(f.rules) != 1 || len(f.scopes) != 1 {
		t.Fatalf("%v, %+v in\n%s", err, f, text)
	}
	if f, err := parseFile(Settings(), "user file", "example", []byte(Example)); err != nil || len(f.values()) != 0 {
		t.Fatalf("as it is: %v, %+v", err, f)
	}
}
