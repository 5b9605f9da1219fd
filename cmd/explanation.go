package cmd

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/internal/config"
	"github.com/seed-f39940ff/memo/memo"
)

// An explanation is all that `memo explain` prints.
type explanation struct {
	State     memo.State `json:"state"` // hit, stale, miss or bypass
	Reason    string     `json:"reason"`
	Code      string     `json:"reason_code"` // see docs/reasons.md
	Effect    string     `json:"effect"`      // what memo run would do, in words
	Key       string     `json:"key"`
	Command   []string   `json:"command"`
	Cwd       string     `json:"cwd"`
	Scope     string     `json:"scope"`
	AgeMS     int64      `json:"age_ms"`
	TTLLeftMS *int64     `json:"ttl_left_ms"` // null if there is no end, or no result to replay
	Tags      []string   `json:"tags"`
	Warnings  []string   `json:"warnings"` // dependencies that stand for nothing
	// Compared is the result that the inputs are compared with; null if there
	// is none.
	Compared *comparedRow   `json:"compared"`
	Inputs   []inputRow     `json:"inputs"`
	Settings []config.Shown `json:"settings"`
	// Variants are the results of the same key, and why each is not replayed.
	Variants []rejectedRow `json:"variants"`

	span memo.Span
	// showsAsInput are the settings that a flag of the call set and that are
	// among the inputs.
	showsAsInput map[string]bool
}

// A comparedRow is the result that the inputs are compared with.
type comparedRow struct {
	Key     string    `json:"key"`
	Created time.Time `json:"created"`
	AgeMS   int64     `json:"age_ms"`
	// Exact says that it is a result of the same key. Otherwise Unlike says in
	// what it differs.
	Exact  bool   `json:"exact"`
	Unlike string `json:"unlike"`

	age time.Duration
}

// A rejectedRow is a result that is not replayed.
type rejectedRow struct {
	Key     string    `json:"key"`
	Created time.Time `json:"created"`
	Reason  string    `json:"reason"`
	Code    string    `json:"reason_code"`
}

// newBypass explains a call that runs without the cache.
func newBypass(argv []string, why memo.Reason) *explanation {
	return &explanation{
		State:    memo.Bypass,
		Reason:   why.Text,
		Code:     why.Code.String(),
		Effect:   "run the command without the cache",
		Command:  argv,
		Tags:     []string{},
		Warnings: []string{},
		Inputs:   []inputRow{},
		Settings: []config.Shown{},
		Variants: []rejectedRow{},
	}
}

func (r *run) newExplanation(found *memo.Explanation, command *memo.Command, policy *memo.Policy) *explanation {
	x := newBypass(command.Argv, found.Reason)
	x.State, x.Effect = found.State, r.effect(found, policy)
	if x.Reason == "" {
		x.Reason = found.Trouble
	}
	if !found.Key.IsZero() {
		x.Key = found.Key.String()
	}
	x.Cwd, x.Scope, x.Tags = r.app.world.Dir, command.Scope, orEmpty(command.Tags)
	if found.State == memo.Hit || found.State == memo.StaleHit {
		x.span = found.Span
		x.AgeMS = found.Span.Age.Milliseconds()
		if !found.Span.NoEnd {
			left := max(found.Span.Left, 0).Milliseconds()
			x.TTLLeftMS = &left
		}
	}
	if res := found.Compared; res != nil {
		age := r.app.world.Now().Sub(time.Unix(0, res.Created))
		x.Compared = &comparedRow{Key: res.Key.String(), Created: time.Unix(0, res.Created), AgeMS: age.Milliseconds(), Exact: found.Exact(), age: age}
		if !x.Compared.Exact {
			x.Compared.Unlike = unlikeText(found.Inputs)
		}
	}
	for _, v := range found.Variants {
		x.Variants = append(x.Variants, rejectedRow{
			v.Ref.Key.String(), time.Unix(0, v.Ref.Created), v.Reason.Text, v.Reason.Code.String(),
		})
	}
	for i := range found.Dependencies {
		if warning := found.Dependencies[i].Warning; warning != "" {
			x.Warnings = append(x.Warnings, warning)
		}
	}
	x.Inputs = append(x.Inputs, inputRows(found, command)...)
	x.Settings = append(x.Settings, r.shownSettings(command)...)
	x.showsAsInput = r.shownAsInputs(x.Settings)
	return x
}

// effect says what memo run would do, as a clause without a subject.
func (r *run) effect(found *memo.Explanation, policy *memo.Policy) string {
	var text string
	switch {
	case found.Refused:
		return fmt.Sprintf("print nothing and exit with %d, because of --only-cached", memo.ExitNothingCached)
	case found.State == memo.Bypass:
		return "run the command without the cache"
	case found.Warms && found.State == memo.Hit:
		return "do nothing, because there is a fresh result"
	case found.Warms && found.State == memo.Miss:
		return "print nothing and run the command in the background"
	case found.Warms:
		return "print nothing and " + r.refreshing(found)
	case found.State == memo.Hit && len(found.Compared.Outputs) > 0:
		return "replay the result, and put back those of its " + count(int64(len(found.Compared.Outputs)), "output file", "output files") + " that differ"
	case found.State == memo.Hit:
		return "replay the result"
	case found.State == memo.StaleHit && policy.OnlyCached:
		return "replay the result"
	case found.State == memo.StaleHit:
		return "replay the result and " + r.refreshing(found)
	case policy.ThenUpdate:
		text = "print the last known lines, run the command, and print the new ones"
	case found.UnderWay && !policy.Force:
		text = "wait for the run that is under way, and replay what that prints"
	case found.EndsAtOnce:
		text = "run the command and not store the result, whose lifetime is over at once"
	default:
		text = "run the command and store the result"
	}
	if policy.MaxWait > 0 {
		text += "; if there is no answer within " + expiry.FormatDuration(policy.MaxWait) + ", print the last known result"
		if policy.HasFallback {
			text += " or the fallback"
		}
	}
	if found.Fallback != nil {
		text += "; if it fails, replay the result that expired"
	}
	return text
}

// refreshing says what becomes of the refresh of a stale result.
func (r *run) refreshing(found *memo.Explanation) string {
	now := r.app.world.Now()
	switch pause := r.backoff(found.Key).Until(now).Sub(now); {
	case found.UnderWay:
		return "leave the refresh to the run that is under way"
	case pause > 0:
		return "try no refresh for another " + expiry.FormatSpan(pause) + ", because the last one failed"
	}
	return "refresh it in the background"
}

// shownSettings returns the settings that any source but the defaults has set,
// and the lifetime that applies.
func (r *run) shownSettings(command *memo.Command) []config.Shown {
	list := []config.Shown{}
	ttl := r.cfg.Policy.TTL.Given()
	if !ttl && command.HasDeps() {
		list = append(list, config.Shown{Key: "ttl", Value: "never", Origins: []string{"default: until a dependency changes"}})
	}
	for _, s := range r.cfg.Show() {
		if !s.BuiltIn || s.Key == "default_ttl" && !ttl && !command.HasDeps() {
			list = append(list, s)
		}
	}
	return list
}

// shownAsInputs returns the settings that are inputs and that only flags of the
// call set.
func (r *run) shownAsInputs(list []config.Shown) map[string]bool {
	shown := map[string]bool{}
	for _, s := range list {
		set := r.app.settings.ByKey(s.Key)
		isInput := set != nil && (set.Part != config.NoPart || s.Key == "tags")
		byFlag := func(origin string) bool { return strings.HasPrefix(origin, "--") }
		shown[s.Key] = isInput && !slices.ContainsFunc(s.Origins, func(o string) bool { return !byFlag(o) })
	}
	return shown
}
