package memo

import (
	"os"
	"strings"
	"testing"

	"github.com/seed-f39940ff/memo/store"
)

func TestReasonCodeNames(t *testing.T) {
	const docsPath = "../docs/reasons.md"
	docs, err := os.ReadFile(docsPath)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]ReasonCode{}
	for c := range ReasonCode(255) {
		name := c.String()
		if name == "other" {
			continue
		}
		if other, taken := named[name]; taken || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("code %d has the name %q, as has %d", c, name, other)
		}
		named[name] = c
		if name != "" && !strings.Contains(string(docs), "| `"+name+"` |") {
			t.Errorf("%s does not have %q", docsPath, name)
		}
	}
	if got := ReasonCode(255).String(); got != "other" {
		t.Errorf("an unknown code has the name %q", got)
	}
}

func TestReasonOfEachVariant(t *testing.T) {
	b := newBench(t)
	cmd := b.counted(`cat dep`)
	cmd.Deps, cmd.Tags = []string{"dep"}, []string{"x"}
	for _, text := range []string{"1", "2"} {
		b.write("dep", text)
		b.run(cmd, Policy{})
	}
	b.write("dep", "3")
	o, _, _ := b.run(cmd, Policy{OnlyCached: true})
	if o.Reason.Code != ReasonDependencyChanged || o.Reason.Subject != "dep" || len(o.Reason.Changes) != 1 {
		t.Errorf("reason is %+v", o.Reason)
	}
	if len(o.Variants) != 2 || o.Variants[0].Ref == o.Variants[1].Ref {
		t.Fatalf("variants are %+v", o.Variants)
	}
	if o.Variants[0].Ref.Created < o.Variants[1].Ref.Created {
		t.Error("the older variant comes first")
	}
	for _, v := range o.Variants {
		if v.Reason.Code != ReasonDependencyChanged || v.Reason.Subject != "dep" {
			t.Errorf("variant: %+v", v)
		}
	}

	b.write("dep", "2")
	if o, _, _ := b.run(cmd, Policy{}); o.State != Hit || !o.Reason.IsZero() || len(o.Variants) != 0 {
		t.Errorf("a hit of the newest variant: %+v", o)
	}
	if err := b.store.Invalidate(store.Selector{Tags: []string{"x"}}); err != nil {
		t.Fatal(err)
	}
	o, _, _ = b.run(cmd, Policy{OnlyCached: true})
	if o.Reason.Code != ReasonInvalidated || o.Reason.Subject != "tag x" || len(o.Variants) != 2 {
		t.Errorf("after an invalidation: %+v, %d variants", o.Reason, len(o.Variants))
	}
}
