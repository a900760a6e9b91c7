package templates

import (
	"math"
	"strings"
	"testing"
)

// TestContrastKnown holds the formula to values of WCAG's own examples.
func TestContrastKnown(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21},
		{"#ffffff", "#ffffff", 1},
		{"#777777", "#ffffff", 4.48},
		{"#767676", "#ffffff", 4.54},
		{"#ff0000", "#ffffff", 4.0},
	} {
		if got := Contrast(c.a, c.b); math.Abs(got-c.want) > 0.005 {
			t.Errorf("%s on %s: %.3f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

// TestTokensReachTheContrast computes the table of text colours, light and dark.
func TestTokensReachTheContrast(t *testing.T) {
	for scheme, p := range map[string]Palette{"light": lightDefault, "dark": darkDefault} {
		for name, colour := range map[string]string{"ink": p.Ink, "muted": p.Muted, "accent": p.Accent} {
			if ratio := Contrast(colour, p.Paper); ratio < MinContrast {
				t.Errorf("%s %s: %.2f", scheme, name, ratio)
			}
		}
	}
}

// TestTokensKeepToTheSizes: no token sets text under 14 px, and colours come from
// the look alone.
func TestTokensKeepToTheSizes(t *testing.T) {
	for name, css := range tokens {
		if strings.Contains(css, "#") {
			t.Errorf("%s has a colour of its own", name)
		}
		_, font, ok := strings.Cut(css, "font:")
		if !ok {
			continue
		}
		size, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(font, "bold "), "normal "), "{slant} "), "px")
		if len(size) != 2 || size < "14" {
			t.Errorf("%s sets text of %s px", name, size)
		}
	}
}

func TestLookCheck(t *testing.T) {
	good := func(l Look) {
		t.Helper()
		if err := l.Check(); err != nil {
			t.Errorf("refused: %v", err)
		}
	}
	bad := func(l Look, want string) {
		t.Helper()
		l.Title = "T"
		if err := l.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	good(Look{Title: "T"})
	good(Look{Title: "T", Light: Palette{Accent: "#003366"}, Fonts: Fonts{Head: "Charter, Georgia, serif"}})
	bad(Look{Light: Palette{Accent: "red"}}, `light colour accent "red": write it as #rrggbb`)
	bad(Look{Light: Palette{Muted: "#999999"}}, "contrast of 2.8 to 1")
	bad(Look{Dark: Palette{Ink: "#222222"}}, "dark colour ink")
	bad(Look{Dark: Palette{Paper: "#fff;}body{display:none"}}, "write it as #rrggbb")
	bad(Look{Fonts: Fonts{Head: "x;color:red"}}, "fonts")
	bad(Look{LogoURL: "https://a.example/logo.png"}, "logo")
	if err := (Look{}).Check(); err == nil {
		t.Error("a look without a title passes")
	}
}
