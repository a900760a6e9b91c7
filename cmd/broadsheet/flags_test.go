package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestFlagErrors gives every flag of every command a value that is none, where there
// is such a value, and leaves the value out: the answer is in our words, and says what
// to write.
func TestFlagErrors(t *testing.T) {
	root := (&App{}).root()
	tried := map[string]int{}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			kind := f.Value.Type()
			tried[kind]++
			if kind != "string" {
				want := "--" + f.Name + ` "\"x": write `
				if err := c.ParseFlags([]string{"--" + f.Name + `="x`}); err == nil {
					t.Errorf("%s --%s takes nonsense", c.CommandPath(), f.Name)
				} else if got := flagError(c, err); exitCode(got) != Misused || !strings.HasPrefix(got.Error(), want) {
					t.Errorf("%s: %v, which does not begin with %s", c.CommandPath(), got, want)
				}
			}
			if kind != "bool" {
				err := c.ParseFlags([]string{"--" + f.Name})
				want := "--" + f.Name + " has nothing after it: " + f.Usage
				if err == nil || flagError(c, err).Error() != want {
					t.Errorf("%s: %v, not %s", c.CommandPath(), err, want)
				}
			}
		})
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	for _, kind := range []string{"bool", "count", "duration", "int", "string", "stringSlice"} {
		if tried[kind] == 0 {
			t.Errorf("no flag is a %s", kind)
		}
		delete(tried, kind)
	}
	if len(tried) > 0 {
		t.Errorf("flags of kinds that have no words of their own: %v", tried)
	}
}

func TestFlagValues(t *testing.T) {
	for text, good := range map[string]bool{"1": true, "200": true, "0": false, "-1": false, "1.5": false, "99999999999999999999": false} {
		var n count
		if err := n.Set(text); (err == nil) != good || good && n.String() != text {
			t.Errorf("a count of %s: %d, %v", text, n, err)
		}
	}
	for text, good := range map[string]bool{"0s": true, "1h30m0s": true, "5": false, "-5m": false, "soon": false} {
		var s stay
		if err := s.Set(text); (err == nil) != good || good && s.String() != text {
			t.Errorf("a stay of %s: %s, %v", text, &s, err)
		}
	}
}
