package event

import (
	"testing"

	"pgregory.net/rapid"
)

// Folded one by one or as a whole, a text is the same.
func TestFoldEachIsFoldWhole(t *testing.T) {
	usual := []rune("aZ09 .,'’ʼ“”–—…ßøŁæŒđÐþıİéÉёЁйЙїґўΆςΣאבأآإſKÅ½²\u00a0\u202f\u2009\u00ad\u0301\u0308\u05b4\u0653\u2028\u2060")
	character := rapid.OneOf(rapid.SampledFrom(usual), rapid.Map(rapid.Int32Range(1, lastSign+9), func(r int32) rune { return r }))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(character, 1, 8, -1).Draw(t, "text")
		if got, ok := foldEach(text); ok && got != foldWhole(text) {
			t.Fatalf("%q: %q one by one, %q as a whole", text, got, foldWhole(text))
		}
	})
	for text, alone := range map[string]bool{
		"Расследование: «Ещё не всё»": true, "L’été, c’est 30\u202f000": true, "عاجل: أمطار": true, "Straße": true,
		"30 €": false, "e\u0301te\u0301": false, "漁船": false,
	} {
		if _, ok := foldEach(text); ok != alone {
			t.Errorf("%q is folded one by one: %t", text, ok)
		}
	}
}
