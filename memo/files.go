package memo

import (
	"fmt"

	"github.com/seed-f39940ff/memo/internal/output"
	"github.com/seed-f39940ff/memo/store"
)

// putBack puts back the output files of a result that is to be replayed. It
// returns the reason why it could not, or the zero Reason.
func (c *call) putBack(res *store.Result, ref store.Ref) Reason {
	if !c.policy.success(res.ExitCode) {
		return Reason{} // it has none
	}
	if err := c.outputs.Restore(ref, res.Outputs, c.policy.OutputExact); err != nil {
		return because(ReasonOutputs, "its output files can't be put back: "+err.Error())
	}
	return Reason{}
}

// putBackIfServed is putBack for a result found while this call waited, unless
// it only renews the result.
func (c *call) putBackIfServed(found *candidate) Reason {
	if c.renews() || found.State != Fresh {
		return Reason{}
	}
	return c.putBack(found.Result, found.ref)
}

// collect adds the output files to a good result. It returns the reason why they
// can't be kept, or the zero Reason.
func (c *call) collect(rec *recording, res *store.Result) (*output.Collection, Reason) {
	if !c.policy.success(res.ExitCode) {
		return &output.Collection{}, Reason{}
	}
	left, err := c.outputs.Collect()
	if err != nil {
		return nil, because(ReasonOutputs, "its output files can't be kept: "+err.Error())
	}
	res.Outputs, rec.spool.OutputStats = left.Outputs, left.Stats
	return left, Reason{}
}

// overlap returns an error if an output file is also a dependency: the run would
// change its own input.
func (c *call) overlap(rec *recording) error {
	if path := c.outputs.Overlap(rec.prints); path != "" {
		return fmt.Errorf("%q is both an output and a dependency; exclude it from one of them, for example with -d '!%s'", path, path)
	}
	return nil
}

// hasFilesOf puts back the output files of a run that has just ended, and
// reports whether it could. A run that was not stored has not kept any.
func (c *call) hasFilesOf(rd *store.Reading, left store.Outcome) bool {
	return c.outputs == nil || left.Kind == store.OutcomeStored && c.putBack(rd.Result, left.Ref).IsZero()
}
