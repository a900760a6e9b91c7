package feed

import "testing"

func TestPeople(t *testing.T) {
	for in, want := range map[string]string{
		"Ada Quay": "Ada Quay", "ada@a.example (Ada Quay)": "Ada Quay", "Ada Quay <ada@a.example>": "Ada Quay",
		"Ada Quay (ada@a.example)": "Ada Quay", "ada@a.example": "", "By Ada Quay": "Ada Quay", "": "",
		"<name>Ada</name><email>ada@a.example</email>": "Ada", "Quay &amp; Slip": "Quay & Slip", "Reuters (London)": "Reuters (London)",
		"https://a.example/ada": "", " (Ada Quay) ": "Ada Quay", "(Ada) Quay (London)": "(Ada) Quay (London)",
	} {
		if got := personName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
