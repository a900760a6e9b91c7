package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// Written as it comes, in whatever parts, JSON is indented as json.Indent has it.
func TestIndentedIsJSONIndent(t *testing.T) {
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		text := rapid.StringOf(rapid.SampledFrom([]rune(`a"\\{}[]:,<é` + "\n")))
		plain := rapid.OneOf(rapid.Just[any](nil), text.AsAny(), rapid.Int().AsAny(), rapid.Bool().AsAny())
		if depth == 0 {
			return plain
		}
		return rapid.OneOf(plain, rapid.SliceOfN(value(depth-1), 0, 3).AsAny(), rapid.MapOfN(text, value(depth-1), 0, 3).AsAny())
	}
	rapid.Check(t, func(t *rapid.T) {
		doc, err := json.Marshal(value(3).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		var want, got bytes.Buffer
		if err := json.Indent(&want, append(doc, '\n'), "", "  "); err != nil {
			t.Fatal(err)
		}
		out := bufio.NewWriter(&got)
		w := &indented{out: out}
		for rest := append(doc, '\n'); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "part")
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		out.Flush()
		if got.String() != want.String() {
			t.Fatalf("%s\nis not\n%s", got.String(), want.String())
		}
	})
}
