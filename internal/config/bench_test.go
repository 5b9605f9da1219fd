package config

import (
	"os"
	"testing"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/fingerprint"
)

func BenchmarkLoadConfig(b *testing.B) {
	flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
	table := Settings()
	table.AddFlags(flags)
	if err := flags.Parse([]string{"-t", "1h"}); err != nil {
		b.Fatal(err)
	}
	dir, err := fingerprint.PhysicalDir()
	if err != nil {
		b.Fatal(err)
	}
	src := &Sources{Table: table, World: fingerprint.NewWorld(os.Environ(), dir), Flags: flags}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(src, []string{"true"}); err != nil {
			b.Fatal(err)
		}
	}
}
