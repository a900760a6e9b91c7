package feed

import (
	"slices"
	"strings"
)

// sponsorWords are what newspapers put in brackets before the title of a piece that
// somebody paid for, in lower case.
var sponsorWords = []string{
	"sponsor", "sponsored", "sponsored post", "sponsored content", "ad", "advertisement", "advertorial", "paid post", "paid content",
	"anzeige", "werbung", "publicité", "contenu sponsorisé", "publirreportaje", "реклама", "إعلان",
}

// sponsored tells a title such as "[Sponsor] Timing", and takes the mark off it. No
// feed format has a field for who paid.
func sponsored(title string) (rest, mark string, ok bool) {
	inner, rest, closed := strings.Cut(strings.TrimPrefix(title, "["), "]")
	if !closed || !strings.HasPrefix(title, "[") || !slices.Contains(sponsorWords, strings.ToLower(strings.TrimSpace(inner))) {
		return title, "", false
	}
	if rest = strings.TrimLeft(rest, " :–—-"); rest == "" {
		return title, "", false
	}
	return rest, strings.TrimSpace(inner), true
}
