package figures

import "testing"

func TestOf(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 20000: "20,000", 250000: "250,000", 999999: "999,999", 1000000: "1,000,000", 1204567: "1,204,567",
		-1: "-1", -999: "-999", -1000: "-1,000", -204567: "-204,567",
	} {
		if got := Of(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}

func TestCounted(t *testing.T) {
	for n, want := range map[int]string{0: "0 stories", 1: "1 story", 2: "2 stories", 2000: "2,000 stories"} {
		if got := Counted(n, "story", "stories"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
