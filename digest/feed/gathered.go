package feed

import "strings"

// gathered is a text that is put together of pieces. Most texts are one piece, which is
// not copied then.
type gathered struct {
	only string // the one piece; empty where there are more
	rest strings.Builder
}

// WriteString adds a piece.
func (g *gathered) WriteString(piece string) {
	if g.rest.Len() == 0 {
		if g.only == "" {
			g.only = piece
			return
		}
		g.rest.WriteString(g.only)
		g.only = ""
	}
	g.rest.WriteString(piece)
}

// String is the text so far.
func (g *gathered) String() string {
	if g.rest.Len() > 0 {
		return g.rest.String()
	}
	return g.only
}

// Reset empties it.
func (g *gathered) Reset() {
	g.only = ""
	g.rest.Reset()
}
