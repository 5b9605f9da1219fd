package expiry

import "testing"

// TestQueryBudget checks that the work of a jq program is limited, not its
// time: the outcome must not depend on the load of the machine.
func TestQueryBudget(t *testing.T) {
	for _, row := range []struct {
		program string
		want    any // nil: over the budget
	}{
		{"reduce range(100000) as $i (0; . + 1)", 100000},
		{"def f: f; f", nil},
		{"last(range(1e12))", nil},
		{"[range(1e12)] | length", nil},
	} {
		q, err := ParseQuery(row.program)
		if err != nil {
			t.Fatal(err)
		}
		v, err := q.Eval([]byte("{}"))
		switch {
		case row.want == nil && (err == nil || err.Error() != "takes too many steps"):
			t.Errorf("%s: got %v, %v, want an error about its steps", row.program, v, err)
		case row.want != nil && (err != nil || v != row.want):
			t.Errorf("%s: got %v, %v, want %v", row.program, v, err, row.want)
		}
	}
}
