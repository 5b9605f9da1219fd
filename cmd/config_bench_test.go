package cmd

import (
	"testing"

	"github.com/spf13/pflag"
)

func BenchmarkLoadConfig(b *testing.B) {
	flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
	addRunFlags(flags)
	if err := flags.Parse([]string{"-t", "1h"}); err != nil {
		b.Fatal(err)
	}
	app := newApp()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := loadConfig(app, flags, []string{"true"}); err != nil {
			b.Fatal(err)
		}
	}
}
