package feed

import (
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
)

// sponsored tells a title such as "[Sponsor] Timing", and takes the mark off it. No
// feed format has a field for who paid.
func sponsored(title string) (rest, mark string, ok bool) {
	inner, rest, closed := strings.Cut(strings.TrimPrefix(title, "["), "]")
	if !closed || !strings.HasPrefix(title, "[") || !digest.PaidMark(inner) {
		return title, "", false
	}
	if rest = strings.TrimLeft(rest, " :–—-"); rest == "" {
		return title, "", false
	}
	return rest, strings.TrimSpace(inner), true
}
