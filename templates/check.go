package templates

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
)

// MinContrast is what text must reach on its background: WCAG 2.2, 1.4.3.
const MinContrast = 4.5

var (
	hexColour = lazyregexp.New(`^#[0-9a-fA-F]{6}$`)
	fontStack = lazyregexp.New(`^[A-Za-z][A-Za-z0-9 ,-]*$`)
)

// withDefaults fills what the newsroom left empty.
func (l Look) withDefaults() Look {
	theme := l.theme()
	l.Light = l.Light.over(theme.light)
	l.Dark = l.Dark.over(theme.dark)
	or := func(s *string, d string) {
		if *s == "" {
			*s = d
		}
	}
	or(&l.Fonts.Head, theme.fonts.Head)
	or(&l.Fonts.Body, theme.fonts.Body)
	or(&l.Fonts.Note, theme.fonts.Note)
	or(&l.LogoAlt, l.Title)
	return l
}

// over lays a palette over another, whose colours show where it has none.
func (p Palette) over(under Palette) Palette {
	for _, c := range []struct{ top, below *string }{
		{&p.Paper, &under.Paper},
		{&p.Ink, &under.Ink},
		{&p.Muted, &under.Muted},
		{&p.Accent, &under.Accent},
		{&p.Rule, &under.Rule},
	} {
		if *c.top == "" {
			*c.top = *c.below
		}
	}
	return p
}

// Check says what is wrong with a look, all of it: colours that are not
// "#rrggbb", text too faint for its paper, fonts that are not plain names.
func (l Look) Check() error {
	l = l.withDefaults()
	var errs []error
	if _, err := builtinOf(l.Theme); err != nil {
		errs = append(errs, err)
	}
	if l.Title == "" {
		errs = append(errs, errors.New("the newsletter has no title"))
	}
	errs = append(errs, l.Light.check("light"), l.Dark.check("dark"))
	for _, f := range []string{l.Fonts.Head, l.Fonts.Body, l.Fonts.Note} {
		if !fontStack.MatchString(f) {
			errs = append(errs, fmt.Errorf("fonts %q: write names with commas between, such as Georgia, Times New Roman, serif", f))
		}
	}
	if l.LogoURL != "" && (l.LogoWidth < 1 || l.LogoWidth > 560 || l.LogoHeight < 1) {
		errs = append(errs, fmt.Errorf("logo of %d by %d pixels: give the size it is shown at, 560 wide at most", l.LogoWidth, l.LogoHeight))
	}
	return errors.Join(errs...)
}

func (p Palette) check(scheme string) error {
	var errs []error
	for _, c := range []struct {
		name, colour string
		text         bool
	}{
		{"paper", p.Paper, false},
		{"ink", p.Ink, true},
		{"muted", p.Muted, true},
		{"accent", p.Accent, true},
		{"rule", p.Rule, false},
	} {
		if !hexColour.MatchString(c.colour) {
			errs = append(errs, fmt.Errorf("%s colour %s %q: write it as #rrggbb", scheme, c.name, c.colour))
			continue
		}
		if !c.text || !hexColour.MatchString(p.Paper) {
			continue
		}
		if ratio := Contrast(c.colour, p.Paper); ratio < MinContrast {
			errs = append(errs, fmt.Errorf("%s colour %s %s on %s has a contrast of %.1f to 1: text needs %.1f", scheme, c.name, c.colour, p.Paper, ratio, MinContrast))
		}
	}
	return errors.Join(errs...)
}

// Contrast is the ratio of two "#rrggbb" colours, 1 to 21, as WCAG 2.2 defines
// "contrast ratio".
func Contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is WCAG's relative luminance of a checked "#rrggbb".
func luminance(colour string) float64 {
	channel := func(i int) float64 {
		n, _ := strconv.ParseUint(colour[i:i+2], 16, 8) // checked by hexColour
		v := float64(n) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(1) + 0.7152*channel(3) + 0.0722*channel(5)
}
