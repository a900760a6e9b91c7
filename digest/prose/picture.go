package prose

import (
	"regexp"
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

// picture mends a picture's address, and drops what only counts readers.
func (w *walker) picture(n *xhtml.Node) bool {
	// QUIRK: pages that load pictures late keep the real address elsewhere.
	for _, late := range []string{"data-src", "data-lazy-src", "data-original"} {
		if src := get(n, late); src != "" && (get(n, "src") == "" || strings.HasPrefix(get(n, "src"), "data:")) {
			set(n, "src", src)
		}
	}
	w.resolve(n, "src")
	p := Picture{
		URL: get(n, "src"), Alt: get(n, "alt"),
		Width: Pixels(get(n, "width")), Height: Pixels(get(n, "height")),
	}
	if p.URL == "" || IsTracker(p.URL) || (p.Width > 0 && p.Width <= 2) || (p.Height > 0 && p.Height <= 2) {
		return false
	}
	if w.out.Picture == nil && !Tiny(p.Width, p.Height) && !isOrnament(n) {
		p.Caption = captionOf(n)
		w.out.Picture = &p
	}
	return true
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
func isOrnament(n *xhtml.Node) bool {
	class, src := strings.ToLower(get(n, "class")), strings.ToLower(get(n, "src"))
	return strings.Contains(class, "emoji") || strings.Contains(class, "smiley") ||
		strings.Contains(src, "/emoji/") || strings.Contains(src, "/smilies/") || strings.Contains(src, "/skins/") ||
		strings.Contains(src, "share-button") || strings.HasPrefix(src, "data:")
}

// pixel are addresses of pictures that nobody is meant to see.
var pixel = regexp.MustCompile(`(?i)^https?://(?:` +
	`pixel\.wp\.com|stats\.wordpress\.com|feeds\.wordpress\.com|b\.scorecardresearch\.com|` +
	`[^/]*\.feedsportal\.com|feeds\.feedburner\.com/~[rf]/|[^/]*feedburner\.com/~ff/|` +
	`[^/]*doubleclick\.net|[^/]*google-analytics\.com|ad\.[^/]*/|[^/]*\.2mdn\.net|` +
	`rss\.buysellads\.com|tracking\.[^/]+/|pheedo\.com|[^/]*\.chartbeat\.net` +
	`)|/(?:pixel|spacer|blank|transparent|1x1|tracking|counter)\.(?:gif|png)(?:\?|$)|[?&]utm_pixel=`)

func IsTracker(link string) bool { return pixel.MatchString(link) }

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
