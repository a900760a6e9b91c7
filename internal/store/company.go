package store

// company is how many claims are worth a commit, as learned from those before. A
// connection has one claim under way, so where fewer came in all the time that there
// was, fewer connections are at work: the rest are without deliveries, or wait for
// their relay, and must not hold up those that are not.
type company struct {
	size  int
	above int // commits in a row that had more
}

// grows is after how many commits in a row with more claims a company is larger.
// One alone may have had that of a connection which asks once in a while.
const grows = 3

// next is the company after a commit with so many claims, late where it had waited
// for all the time that there was. More come by themselves, while a commit lasts.
func (c company) next(claims int, late bool) company {
	switch {
	case claims == 0: // results alone say nothing
		return c
	case late:
		return company{size: claims}
	case claims <= c.size:
		return company{size: c.size}
	case c.above+1 < grows:
		return company{size: c.size, above: c.above + 1}
	}
	return company{size: claims}
}
