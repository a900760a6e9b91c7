package prose

import (
	"slices"
	"strconv"
	"strings"

	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Picture is a picture as a text shows it. Width and Height are what its element says
// of its pixels, 0 where that is nothing.
type Picture struct {
	URL, Alt, Caption string
	Width, Height     int
}

// picture mends a picture's address and sizes, and drops what only counts readers.
func (w *walker) picture(n *xhtml.Node) bool {
	p := Picture{
		URL: w.pictureURL(n), Alt: get(n, "alt"),
		Width: Pixels(get(n, "width")), Height: Pixels(get(n, "height")),
	}
	if p.URL == "" || IsTracker(p.URL) || (p.Width > 0 && p.Width <= 2) || (p.Height > 0 && p.Height <= 2) {
		return false
	}
	if w.out != nil && w.out.Picture == nil && !Tiny(p.Width, p.Height) && !isOrnament(n, p.URL) {
		found := p
		found.Caption = captionOf(n)
		w.out.Picture = &found
	}
	n.Attr = slices.DeleteFunc(n.Attr, func(a xhtml.Attribute) bool {
		return a.Key == "src" || a.Key == "width" || a.Key == "height"
	})
	n.Attr = append(n.Attr, xhtml.Attribute{Key: "src", Val: p.URL})
	for key, value := range map[string]int{"width": p.Width, "height": p.Height} {
		if value > 0 {
			n.Attr = append(n.Attr, xhtml.Attribute{Key: key, Val: strconv.Itoa(value)})
		}
	}
	return true
}

// pictureURL is where a picture lies; empty: nowhere on the web.
func (w *walker) pictureURL(n *xhtml.Node) string {
	// QUIRK: pages that load pictures late keep the real address elsewhere, and show
	// something grey until then.
	src := firstOf(get(n, "data-src"), get(n, "data-lazy-src"), get(n, "data-original"), get(n, "src"))
	if src == "" || strings.HasPrefix(strings.ToLower(src), "data:") {
		src = ofSet(firstOf(get(n, "data-srcset"), get(n, "srcset")))
	}
	if src = link(w.base, src); strings.HasPrefix(src, "mailto:") {
		return ""
	}
	return src
}

// setWidth is the width that a mail needs at twice the resolution, and some more.
const setWidth = 1600

// ofSet chooses from a srcset (HTML 4.8.4.3) the widest picture that is no wider than a mail
// needs, else the narrowest; of those that tell their density alone, the densest.
func ofSet(set string) string {
	best, size := "", 0.0
	fields := strings.Fields(set)
	for i := 0; i < len(fields); i++ {
		address, alone := strings.CutSuffix(fields[i], ",")
		width := 1.0
		if !alone && i+1 < len(fields) {
			i++
			width, _ = strconv.ParseFloat(strings.TrimRight(fields[i], "wxh,"), 64)
		}
		if better := width > size && width <= setWidth || size > setWidth && width < size; best == "" || better {
			best, size = address, width
		}
	}
	return best
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// captionOf gives the caption of the figure that a picture stands in.
func captionOf(n *xhtml.Node) string {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom != atom.Figure {
			continue
		}
		for c := p.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom == atom.Figcaption {
				return nodeText(c)
			}
		}
	}
	return ""
}

// isOrnament reports smileys and the buttons of sharing services.
func isOrnament(n *xhtml.Node, link string) bool {
	class, src := strings.ToLower(get(n, "class")), strings.ToLower(link)
	return strings.Contains(class, "emoji") || strings.Contains(class, "smiley") ||
		strings.Contains(src, "/emoji/") || strings.Contains(src, "/smilies/") || strings.Contains(src, "/skins/") ||
		strings.Contains(src, "share-button")
}

// Pixels reads a side as HTML writes it; 0: it says nothing of use.
func Pixels(text string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text), "px"))
	if err != nil || n < 0 || n > 100_000 {
		return 0
	}
	return n
}

// Tiny reports a picture whose known sides are those of an icon or a pixel.
func Tiny(width, height int) bool {
	return (width > 0 && width < 50) || (height > 0 && height < 50)
}
