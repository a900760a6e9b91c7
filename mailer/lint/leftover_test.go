package lint

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What the pattern finds, the cheap look before it must not pass over.
func TestMayBeLeftOverHidesNothing(t *testing.T) {
	pieces := []string{
		"{{", "}}", "{%", "%%", "name", "*|", "NAME", "|*", "${x", "<%=", "<no value>", "[object ", "ZgotmplZ", "%!d(", "%!(",
		"mf" + strings.Repeat("0a", 14), "[FIRST_NAME]", "[LASTNAME]", "[UNSUBSCRIBE_URL]", "[SUBSCRIBE]", "hi", "Hello", "DEAR", "undefined", "Null", "none", "NaN",
		"None", " ", "\t", ".", ",", "é", "\u212a", "null and void", "nan",
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 5).Draw(t, "pieces"), "")
		if leftOver.MatchString(text) && !mayBeLeftOver(text) {
			t.Fatalf("%q is left over", text)
		}
	})
	if mayBeLeftOver("Ferries run again from Monday, and the harbour is open.") {
		t.Error("a plain line has nothing that is left over")
	}
}
