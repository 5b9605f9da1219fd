package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/memo"
)

// say prints the one line that memo has to say of a call, if any.
func (r *run) say(o *memo.Outcome, err error, warnings []string) {
	remark, effect := r.remark(o, err)
	if !r.cfg.Verbose {
		if remark != "" {
			r.app.warn(remark + effect)
		}
		return
	}
	line := r.describe(o)
	if o.Instead == "" && !strings.Contains(line, strings.TrimPrefix(remark, "result ")) {
		line += "; " + remark
	}
	if len(warnings) > 0 {
		line += "; warning: " + strings.Join(warnings, "; ")
	}
	if unread := r.unread(); unread != "" {
		line += "; " + unread
	}
	fmt.Fprintf(r.app.stderr, "memo: %s\n", escape(line))
}

// remark is what a call has to say without being asked, and what follows from
// it where that is not plain.
func (r *run) remark(o *memo.Outcome, err error) (remark, effect string) {
	if o.Instead != "" {
		return o.Instead, ""
	}
	if start := (*memo.StartError)(nil); r.trouble == "" || errors.As(err, &start) {
		return "", ""
	}
	switch {
	case o.State != memo.Bypass:
		return r.trouble, ""
	case r.cfg.Policy.OnlyCached || r.cfg.Policy.Warm:
		return r.trouble, "; running nothing"
	}
	return r.trouble, "; running without the cache"
}

// describe is the line that --verbose prints.
func (r *run) describe(o *memo.Outcome) string {
	line := string(o.State)
	switch o.State {
	case memo.Hit:
		line += ", " + expiry.FormatSpan(o.Age) + " old"
		switch {
		case o.NoEnd:
			line += ", until a dependency changes"
		case o.Left > 0:
			line += ", fresh for " + expiry.FormatSpan(o.Left)
		}
	case memo.StaleHit:
		line += ", " + expiry.FormatSpan(o.Age) + " old"
	}
	if o.Reason.Text != "" {
		// What keeps it from being stored too is said below.
		line += ": " + strings.TrimSuffix(o.Reason.Text, ": "+o.NotStored.Text)
	}
	if r.near != "" {
		line += " (" + r.near + ")"
	}
	switch {
	case o.Saved > 0:
		line += ", saved " + expiry.FormatSpan(o.Saved)
	case o.State == memo.Miss && o.Elapsed > 0:
		line += ", ran " + expiry.FormatSpan(o.Elapsed)
	}
	switch {
	case o.Stored:
		line += ", stored"
	case !o.NotStored.IsZero():
		line += ", not stored: " + o.NotStored.Text
	case o.Pending:
		line += ", not known yet whether it is stored"
	case o.Refreshing:
		line += ", refreshing in the background"
	case r.pause > 0:
		line += ", refreshing failed and is tried again in " + expiry.FormatSpan(r.pause)
	}
	if o.CarriedError != "" {
		line += "; --ttl applies: " + o.CarriedError
	}
	return line
}
