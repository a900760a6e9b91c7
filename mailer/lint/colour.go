package lint

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

// colour is one of the screen, with how much of it covers what is below.
type colour struct {
	r, g, b float64 // 0 to 255
	a       float64 // 0 to 1
}

// The colours of a browser that is told none.
var (
	white    = colour{255, 255, 255, 1}
	black    = colour{0, 0, 0, 1}
	linkBlue = colour{0, 0, 238, 1}
)

// parseColour reads a CSS colour, or that of an attribute. "transparent" is one;
// "inherit" is none.
func parseColour(s string) (colour, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch {
	case s == "transparent":
		return colour{}, true
	case strings.HasPrefix(s, "#"):
		return hexColour(s[1:])
	case strings.HasPrefix(s, "rgb"):
		return rgbColour(s)
	}
	if c, ok := colornames.Map[s]; ok {
		return colour{float64(c.R), float64(c.G), float64(c.B), 1}, true
	}
	return colour{}, false
}

func hexColour(s string) (colour, bool) {
	if len(s) == 3 || len(s) == 4 {
		var wide strings.Builder
		for _, c := range s {
			wide.WriteString(string(c) + string(c))
		}
		s = wide.String()
	}
	if len(s) == 6 {
		s += "ff"
	}
	n, err := strconv.ParseUint(s, 16, 32)
	if err != nil || len(s) != 8 {
		return colour{}, false
	}
	return colour{float64(n >> 24), float64(n >> 16 & 0xff), float64(n >> 8 & 0xff), float64(n&0xff) / 255}, true
}

// rgbColour reads "rgb(1,2,3)", "rgba(1, 2, 3, .5)" and "rgb(1 2 3 / 50%)".
func rgbColour(s string) (colour, bool) {
	_, inside, ok := strings.Cut(s, "(")
	inside, _, closed := strings.Cut(inside, ")")
	words := strings.FieldsFunc(inside, func(r rune) bool { return r == ',' || r == ' ' || r == '/' })
	if !ok || !closed || len(words) < 3 || len(words) > 4 {
		return colour{}, false
	}
	v := [4]float64{3: 1}
	for i, w := range words {
		number, percent := strings.CutSuffix(w, "%")
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || math.IsNaN(n) {
			return colour{}, false
		}
		switch {
		case percent && i < 3:
			n *= 2.55
		case percent:
			n /= 100
		}
		v[i] = n
	}
	limit := func(x, most float64) float64 { return min(max(x, 0), most) }
	return colour{limit(v[0], 255), limit(v[1], 255), limit(v[2], 255), limit(v[3], 1)}, true
}

// over is what is seen of a colour on another, which covers.
func (c colour) over(under colour) colour {
	mix := func(top, below float64) float64 { return top*c.a + below*(1-c.a) }
	return colour{mix(c.r, under.r), mix(c.g, under.g), mix(c.b, under.b), 1}
}

// String is the colour as CSS has it.
func (c colour) String() string {
	hex := func(x float64) string {
		s := strconv.FormatUint(uint64(math.Round(x)), 16)
		return strings.Repeat("0", 2-len(s)) + s
	}
	return "#" + hex(c.r) + hex(c.g) + hex(c.b)
}

// contrast of two colours, 1 to 21: WCAG 2.2, "contrast ratio".
func contrast(a, b colour) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func (c colour) luminance() float64 {
	channel := func(x float64) float64 {
		if x /= 255; x > 0.04045 {
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return x / 12.92
	}
	return 0.2126*channel(c.r) + 0.7152*channel(c.g) + 0.0722*channel(c.b)
}
