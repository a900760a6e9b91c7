package event

import (
	"slices"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"The Mayor's 30,000-euro bridge":                 "the mayor's 30000 euro bridge",
		"30.000 30\u202f000 30'000 1,234,567.89 3,5 1.5": "30000 30000 30000 1234567.89 3.5 1.5",
		"20 000":                    "20 000", // a common blank may be two numbers
		"Größe, Ørsted & Łódź":      "grosse orsted & lodz",
		"Don’t  panic…":             "don't panic",
		"L’élection d'Orsay, qu'il": "l election d orsay qu il",
		"3-1 2:0":                   "3 1 2 0",
		"Ёлки-палки, Чайковский": "елки палки чаиковскии",
		"Αθήνα ΑΘΗΝΑ":            "αθηνα αθηνα",
		"港の橋が閉鎖":                 "港の の橋 橋が が閉 閉鎖",
		"東京2020で":                "東京 2020 で",
		"서울 시장":                  "서울 시장",
		"हिन्दी समाचार":          "हिन्दी समाचार",
		"ﬁnal ①":                 "final 1",
		"🚢 #Ferry":               "ferry",
		"  ":                     "",
		"":                       "",
		"\xff\xfe":               "",
	} {
		want = strings.ReplaceAll(want, "& ", "")
		if got := strings.Join(Words(text), " "); got != want {
			t.Errorf("%q has the words %q, want %q", text, got, want)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, seed := range []string{"The Mayor's 30,000-euro bridge", "港の橋が閉鎖", "1.2.3,4", "L’été d'Orsay", "ǅİẞ", "\xff", "สวัสดี 1\u202f000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := Words(text)
		for _, word := range words {
			if word == "" || strings.ContainsAny(word, " \t\n-") {
				t.Fatalf("%q has the word %q", text, word)
			}
		}
		if again := Words(strings.Join(words, " ")); !slices.Equal(again, words) {
			t.Fatalf("%q has the words %q, and those the words %q", text, words, again)
		}
		Read(Text{Title: text, Lead: text})
	})
}

func TestTitle(t *testing.T) {
	for title, want := range map[string]string{
		"The Mayor's bridges":             "mayor bridges",
		"Council doesn't pay":             "council pay | denies",
		"Not in 2026, not for 30,000":     "not 2026 not 30000 | 2026 30000 denies",
		"UPDATE 2-Ferry runs aground (3)": "ferry runs aground",
		"Update 2: the ferry (2026)":      "2 ferry 2026 | 2 2026",
		"BREAKING: Wahl in der Stadt":     "wahl stadt",
	} {
		s := readTitle(title)
		got := strings.Join(s.words, " ")
		notes := slices.Clone(s.numbers)
		if s.denies {
			notes = append(notes, "denies")
		}
		if len(notes) > 0 {
			got += " | " + strings.Join(notes, " ")
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", title, got, want)
		}
	}
}
